"""What was tried on the way to fast mode, and what each gave: also what failed.

    python tools/bench/tried.py

One job, 225×150, the bundled network, 300 epochs of every way; epochs on smaller pictures count by
their pixels. Prints the table of docs/speed.md.
"""
from d2l_style import FeatureNet, Weights, get_contents, get_styles, gram, load_backbone, read_image, train_steps
from d2l_style.fast.compiled import TransferLoss
from d2l_style.fast.lbfgs import lbfgs
from d2l_style.fast.train import at_size, by_frequency

import time
from itertools import islice

import numpy as np
from mxnet import autograd, gluon, init, lr_scheduler, nd
from report import table
from scipy.optimize import minimize
from tqdm import tqdm

SHAPE, EPOCHS = (225, 150), 300
PICTURES = [read_image(name) for name in ('mountain_lake', 'painted_hills')]
NET = FeatureNet(load_backbone())


class Job:
    """The two pictures at one size. `cost`: of an epoch, in epochs at `SHAPE`."""

    def __init__(self, shape=SHAPE, net=NET):
        self.X, contents_Y = get_contents(PICTURES[0], shape, NET)
        styles_Y = get_styles(PICTURES[1], shape, NET)[1]
        self.loss = TransferLoss(net, contents_Y, [gram(Y) for Y in styles_Y])
        self.cost = shape[0] * shape[1] / (SHAPE[0] * SHAPE[1])
        self.losses, self.seconds, self.start = [], [], time.perf_counter()

    def measure(self, x):
        """Loss and gradient; the loss is noted, and when it was known."""
        l, _, gradient = self.loss.gradient(nd.array(x), Weights())
        l, gradient = float(l.asscalar()), gradient.asnumpy()
        self.note(l)
        return l, gradient

    def note(self, loss):
        """Keep the loss of an epoch, and the seconds since the start."""
        self.losses.append(loss)
        self.seconds.append(time.perf_counter() - self.start)


def adam(lr, epochs=EPOCHS, cosine=True, levels=1, beta2=0.999):
    """Adam on the pixels, or on `levels` pictures of halved sizes that are added up (a Laplacian pyramid)."""
    job, (width, height) = Job(), SHAPE
    layers = [gluon.Parameter(f'level{k}', shape=(1, 3, height >> k, width >> k), init=init.Zero())
              for k in range(levels)]
    for layer in layers:
        layer.initialize()
    schedule = lr_scheduler.CosineScheduler(epochs, lr) if cosine else None
    trainer = gluon.Trainer(layers, 'adam', {'learning_rate': lr, 'beta2': beta2, 'lr_scheduler': schedule})
    for _ in range(epochs):
        with autograd.record():
            X = job.X + layers[0].data()
            for layer in layers[1:]:
                X = X + nd.contrib.BilinearResize2D(layer.data(), height=height, width=width)
            l, _ = job.loss(X, Weights())
        l.backward()
        trainer.step(1)
        job.note(float(l.asscalar()))
    return 0, job.losses, job.seconds


def chapter():
    job = Job()
    targets = get_contents(PICTURES[0], SHAPE, NET)[1], get_styles(PICTURES[1], SHAPE, NET)[1]
    for step in train_steps(job.X, *targets, NET, 0.01, 500, 200):
        job.note(step.total_loss)
    return 0, job.losses, job.seconds


def scipys():
    """SciPy's L-BFGS-B on the flattened picture: float64 outside, float32 inside."""
    job = Job()

    def measure(x):
        l, gradient = job.measure(x.reshape(job.X.shape))
        return l, gradient.ravel().astype('float64')

    minimize(measure, job.X.asnumpy().ravel().astype('float64'), jac=True, method='L-BFGS-B',
             options={'maxfun': EPOCHS, 'maxcor': 40})
    return 0, job.losses[:EPOCHS], job.seconds[:EPOCHS]


def ours(sizes=(SHAPE,), coarse_epochs=20, frequencies=True, pairs=40):
    """Fast mode with one thing changed. `sizes`: coarse to fine."""
    X, spent, start = None, 0, time.perf_counter()
    for shape in sizes:
        job = Job(shape)
        job.start = start
        X = job.X if X is None else at_size(X, PICTURES[0], shape)
        steps = lbfgs(job.measure, X.asnumpy(), by_frequency(X.shape) if frequencies else lambda v: v, pairs)
        for x, _, accepted in islice(steps, EPOCHS if shape == SHAPE else coarse_epochs):
            X = nd.array(x) if accepted else X
        spent += len(job.losses) * job.cost if shape != SHAPE else 0
    return spent, job.losses, job.seconds


WAYS = {
    "Adam, the chapter's schedule": chapter,
    **{f'Adam {lr}, constant': lambda lr=lr: adam(lr, cosine=False) for lr in (0.05, 0.1, 0.2)},
    **{f'Adam {lr}, cosine': lambda lr=lr: adam(lr) for lr in (0.1, 0.2, 0.4)},
    'Adam 0.2, cosine, β₂ 0.99': lambda: adam(0.2, beta2=0.99),
    'Adam 0.1, cosine, Laplacian pyramid of 3': lambda: adam(0.1, levels=3),
    'Adam 0.1, cosine, Laplacian pyramid of 5': lambda: adam(0.1, levels=5),
    "SciPy's L-BFGS-B": scipys,
    'L-BFGS, pixels': lambda: ours(frequencies=False),
    'preconditioned L-BFGS, 10 pairs': lambda: ours(pairs=10),
    'preconditioned L-BFGS, 20 pairs': lambda: ours(pairs=20),
    '**preconditioned L-BFGS, 40 pairs: fast mode**': ours,
    'the same after 20 epochs at 112×75': lambda: ours([(112, 75), SHAPE]),
    'the same after 20 epochs at 159×106 (steps of √2)': lambda: ours([(159, 106), SHAPE]),
    'the same after 20 epochs each at 56×38 and 112×75': lambda: ours([(56, 38), (112, 75), SHAPE]),
}


def optimisers():
    """A row for every way: epochs to the chapter's loss, and losses on the way."""
    rows, target = [], None
    for name, way in tqdm(WAYS.items()):
        spent, losses, seconds = way()
        least = np.minimum.accumulate(losses)
        target = target or 1.01 * losses[-1]
        needed = int(np.argmax(least <= target)) + 1 if least[-1] <= target else None
        reached = (f'{spent + needed:.0f}', f'{seconds[needed - 1]:.2f}') if needed else ('never', '')
        rows.append([name, *reached, *(f'{least[int(n - spent) - 1]:.2f}' for n in (30, 100, EPOCHS))])
    return table(['', f'epochs to {target:.2f}', 'seconds', 'loss after 30', 'after 100', f'after {EPOCHS}'], rows)


if __name__ == '__main__':
    print(optimisers())
