"""Train the lower blocks of `vgg19_slim` by distillation from the real VGG-19.

The student has a quarter of the teacher's channels. At every convolution its features,
through a linear 1x1 adapter, have to match the teacher's, and so do their Gram matrices.
The adapters are kept close to an isometry (A'A = I), so that distances between Gram
matrices of the student are distances between Gram matrices of the teacher; afterwards
they are thrown away.

A picture that is optimised under the student looks for places where the student differs from
its teacher. So the training goes on with composite images that compose.py makes with the student
so far (`--start`, `--composites`). Our network had four runs:
  4000 steps on photographs;
  600 steps with 140 composite images, `--rate 5e-4`;
  3200 steps with 280, `--layers 0 5 10 --gram 2`: the style layers alone, which halved their Gram errors;
  500 steps with 280, `--layers 12 14 16 --frozen 11`: the rest of block 3 on top of them.

    python tools/slim/distill.py --teacher VGG19.npz --pictures TRAIN --validation TEST --out build/slim

`--teacher` is a .npz file with `features.N.weight` and `features.N.bias` (N is the index in
Gluon's `vgg19().features`), or a .params file of the model zoo. The script is resumable: call
it again with the same arguments. All four runs took about 75 minutes on 2 busy cores.
"""
from d2l_style.backbones import SLIM_CHANNELS, VGG19_CHANNELS, vgg_features

import argparse
import json
import math
import time
from pathlib import Path

import mxnet as mx
import numpy as np
from common import load_pictures, load_teacher, random_crops, taps
from d2l import mxnet as d2l
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn

LAYERS = (0, 2, 5, 7, 10, 12, 14, 16)  # every convolution of blocks 1 to 3
STYLE = (0, 5, 10)  # the chapter's style layers among them


class Adapter(nn.HybridBlock):
    """Linear map from the student's channels to the teacher's."""

    def __init__(self, teacher_channels, student_channels):
        super().__init__()
        self.matrix = self.params.get('matrix', shape=(teacher_channels, student_channels))

    def hybrid_forward(self, F, S, T, matrix):
        """Relative feature error, relative Gram error, distance of the matrix from an isometry."""
        # ||A S - T||^2 expanded into products of (channels, channels): much cheaper than A S itself
        S, T = (F.reshape(Z, (0, 0, -1)) for Z in (S, T))
        gram_S, gram_T = F.batch_dot(S, S, transpose_b=True), F.batch_dot(T, T, transpose_b=True)
        cross = F.batch_dot(T, S, transpose_b=True)
        half = F.dot(gram_S, matrix, transpose_b=True).transpose((0, 2, 1))
        adapted = F.dot(half, matrix, transpose_b=True)
        energy = F.sum(F.broadcast_mul(gram_T, F.eye(self.matrix.shape[0]).expand_dims(0)))
        feature = (F.sum(F.broadcast_mul(half, matrix.expand_dims(0)))
                   - 2 * F.sum(F.broadcast_mul(cross, matrix.expand_dims(0))) + energy) / energy
        gram = ((adapted - gram_T).square().sum(axis=(1, 2)) / gram_T.square().sum(axis=(1, 2))).mean()
        products = F.dot(matrix, matrix, transpose_a=True)
        isometry = (products - F.eye(self.matrix.shape[1])).square().sum() / self.matrix.shape[1]
        return feature, gram, isometry


def principal_directions(T, number):
    """Leading eigenvectors (as columns) of the uncentred channel covariance of `T`: (n, c, h, w)."""
    X = T.transpose((1, 0, 2, 3)).reshape((T.shape[1], -1)).asnumpy().astype('float64')
    values, vectors = np.linalg.eigh(X @ X.T)
    return vectors[:, np.argsort(values)[::-1][:number]].astype('float32')


def normalise_teacher(teacher, X):
    """Scale each convolution so that its output on `X` has unit RMS, which moves no direction."""
    scale = 1.0
    for i, layer in enumerate(teacher.body):
        if i not in LAYERS:
            X = layer(X)
            continue
        layer.bias.set_data(layer.bias.data() / scale)  # what comes in was divided by it already
        rms = float(layer(X).square().mean().sqrt().asscalar())
        layer.weight.set_data(layer.weight.data() / rms)
        layer.bias.set_data(layer.bias.data() / rms)
        scale *= rms
        X = layer(X)


def initialise(student, adapters, teacher, X):
    """First convolution and adapters from the teacher's principal components, He elsewhere."""
    student.initialize(mx.init.MSRAPrelu(slope=0), ctx=X.context)
    student(X)
    for adapter, layer, T in zip(adapters, LAYERS, teacher(X)):
        adapter.initialize(ctx=X.context)
        basis = principal_directions(T, adapter.matrix.shape[1])
        adapter.matrix.set_data(nd.array(basis))
        if layer == 0:
            W, b = (p.data().asnumpy() for p in (teacher.body[0].weight, teacher.body[0].bias))
            student.body[0].weight.set_data(nd.array(np.tensordot(basis.T, W, axes=1)))
            student.body[0].bias.set_data(nd.array(basis.T @ b))


def losses(student, adapters, teacher, X):
    """Layer → (feature, Gram, isometry), for the layers that `student` and `teacher` return."""
    return {layer: adapters[LAYERS.index(layer)](S, T)
            for layer, S, T in zip(student.layers, student(X), teacher(X))}


def total(rows, gram_weight):
    """Weighted sum; the style layers and the last one count in full, the others guide."""
    weights = {layer: 1.0 if layer in STYLE or layer == LAYERS[-1] else 0.3 for layer in rows}
    return nd.add_n(*[weights[layer] * (f + gram_weight * g + 0.1 * a) for layer, (f, g, a) in rows.items()])


def learning_rate(step, steps, peak, warm_up=300):
    """Linear warm-up, then a cosine down to a hundredth of the peak."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    progress = (step - warm_up) / max(1, steps - warm_up)
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def batch(pictures, composites, args, step):
    """Crops to train on: of pictures, and half of them of composite images if there are any."""
    if not composites:
        return random_crops(pictures, args.batch, args.crop, seed=step)
    rng, crops = np.random.RandomState(step), []
    for k in rng.randint(len(composites), size=args.batch // 2):
        top, left = (rng.randint(n - args.crop + 1) for n in composites[k].shape[2:])
        crops.append(composites[k][:, :, top:top + args.crop, left:left + args.crop])
    half = random_crops(pictures, args.batch - len(crops), args.crop, seed=step)
    return nd.concat(nd.array(np.concatenate(crops).astype('float32')), half, dim=0)


def report(step, student, adapters, teacher, validation):
    rows = losses(student, adapters, teacher, validation)
    for k, name in enumerate(('feature', 'gram', 'isometry')):
        print(f'  step {step:5d} {name:8s}',
              ' '.join(f'{layer}:{row[k].asscalar():.4f}' for layer, row in rows.items()), flush=True)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--teacher', type=Path, required=True, help='VGG-19 weights, .npz or .params')
    parser.add_argument('--pictures', type=Path, nargs='+', required=True, help='folders to train on')
    parser.add_argument('--validation', type=Path, required=True, help='folder to validate on')
    parser.add_argument('--out', type=Path, required=True, help='folder for checkpoints and the result')
    parser.add_argument('--start', type=Path, help='folder of an earlier run to go on from')
    parser.add_argument('--composites', type=Path, help='folder from compose.py, for half of each batch')
    parser.add_argument('--layers', type=int, nargs='+', choices=LAYERS, default=LAYERS, help='layers to match')
    parser.add_argument('--frozen', type=int, default=0, help='how many first layers stay as they are')
    parser.add_argument('--gram', type=float, default=0.5, help='weight of the Gram error against the feature error')
    parser.add_argument('--steps', type=int, default=4000)
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--crop', type=int, default=96, help='side of a training crop in pixels')
    parser.add_argument('--rate', type=float, default=1e-3, help='peak learning rate of Adam')
    return parser.parse_args()


def build(args, pictures, ctx):
    """Student, adapters and normalised teacher, at the start of training."""
    teacher, student = taps(load_teacher(args.teacher, ctx), LAYERS), taps(vgg_features(SLIM_CHANNELS), LAYERS)
    adapters = nn.HybridSequential()
    for block in (0, 0, 1, 1, 2, 2, 2, 2):
        adapters.add(Adapter(VGG19_CHANNELS[block], SLIM_CHANNELS[block]))
    calibration = random_crops(pictures, 64, args.crop, seed=-2).as_in_context(ctx)
    normalise_teacher(teacher, calibration)
    initialise(student, adapters, teacher, calibration)
    return student, adapters, teacher


def load(folder, student, adapters, ctx):
    student.load_parameters(str(folder / 'student.params'), ctx=ctx)
    adapters.load_parameters(str(folder / 'adapters.params'), ctx=ctx)


def save(folder, student, adapters, trainer, step):
    student.save_parameters(str(folder / 'student.params'))
    adapters.save_parameters(str(folder / 'adapters.params'))
    trainer.save_states(str(folder / 'trainer.states'))
    (folder / 'progress.json').write_text(json.dumps({'step': step}))


def main():
    args = parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    ctx = d2l.try_gpu()
    pictures = load_pictures(args.pictures)
    composites = [np.load(f) for f in sorted(args.composites.glob('*.npy'))] if args.composites else []
    validation = random_crops(load_pictures([args.validation]), 32, args.crop, seed=-1).as_in_context(ctx)
    student, adapters, teacher = build(args, pictures, ctx)
    progress = args.out / 'progress.json'
    first = json.loads(progress.read_text())['step'] if progress.exists() else 0
    if first or args.start:
        load(args.out if first else args.start, student, adapters, ctx)

    student_seen, teacher_seen = taps(student.body, args.layers), taps(teacher.body, args.layers)
    for net in (student_seen, teacher_seen, *adapters):
        net.hybridize(static_alloc=True, static_shape=True)
    parameters = student_seen.body[args.frozen:].collect_params()
    for layer in args.layers:
        parameters.update(adapters[LAYERS.index(layer)].collect_params())
    trainer = gluon.Trainer(parameters, 'adam', {'learning_rate': args.rate})
    if first:
        trainer.load_states(str(args.out / 'trainer.states'))
    report(first, student_seen, adapters, teacher_seen, validation)
    start = time.time()
    for step in range(first, args.steps):
        trainer.set_learning_rate(learning_rate(step, args.steps, args.rate))
        X = batch(pictures, composites, args, step).as_in_context(ctx)
        with autograd.record():
            loss = total(losses(student_seen, adapters, teacher_seen, X), args.gram)
        loss.backward()
        trainer.step(1)
        nd.waitall()
        if (step + 1) % 250 == 0 or step + 1 == args.steps:
            save(args.out, student, adapters, trainer, step + 1)
            print(f'step {step + 1}, loss {loss.asscalar():.4f}, '
                  f'{(time.time() - start) / (step + 1 - first):.2f} s a step', flush=True)
            report(step + 1, student_seen, adapters, teacher_seen, validation)


if __name__ == '__main__':
    main()
