"""One competitor in a process of its own: prints one line of JSON.

    python tools/bench/competitor.py ours --net slim --width 225 --height 150 --epochs 20

Seconds and total loss of every epoch (the first has computing the targets and compiling in it),
and the peak memory of the process in MB. `sgemm`: the rate of this processor in GFLOP/s.
"""
import argparse
import json
import os
import resource
import time
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTENT, STYLE = 'mountain_lake', 'painted_hills'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('name', choices=[*EPOCHS, 'sgemm', 'store'])
    parser.add_argument('--net', default='slim', help="'slim', 'vgg19' (random weights), or a file of weights (.npz)")
    parser.add_argument('--width', type=int, default=225)
    parser.add_argument('--height', type=int, default=150)
    parser.add_argument('--epochs', type=int, default=10)
    parser.add_argument('--lr', type=float, default=0.01, help="Adam's learning rate for 'tuned'")
    parser.add_argument('--pictures', nargs=2, default=[CONTENT, STYLE], help='content and style, names or paths')
    parser.add_argument('--file', help='pictures and weights for PyTorch, which `store` writes')
    args = parser.parse_args()
    args.content_layers, args.style_layers = ([14], [0, 5, 10]) if args.net.endswith('.npz') \
        else ([25], [0, 5, 10, 19, 28])
    result = {'sgemm': sgemm, 'store': store}.get(args.name, measure)(args)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**result, 'peak_mb': round(peak / 1024)}))


def measure(args):
    """A competitor is a generator of the loss of each epoch and the time at which it was known."""
    start, seconds, losses = time.perf_counter(), [], []
    for loss, now in islice(EPOCHS[args.name](args), args.epochs):
        losses.append(float(loss))
        seconds.append(now - start)
        start = now
    return {'seconds': seconds, 'losses': losses}


def chapter(args):
    # what MXNet takes by itself: half of the processors, which wait as long as OpenMP lets them by default
    os.environ.setdefault('OMP_NUM_THREADS', str(max(1, os.cpu_count() // 2)))
    import d2l_style  # noqa: F401  before MXNet

    import chapter as printed
    content_X, style_X = preprocessed(args)
    for *_, l in printed.epochs(content_X, style_X, network(args), args.content_layers, args.style_layers):
        yield l.asscalar(), time.perf_counter()


def ours(args):
    from d2l_style import extract_features, train_steps
    (content_X, style_X), net = preprocessed(args), frozen(args)
    targets = extract_features(content_X, net)[0], extract_features(style_X, net)[1]
    for step in train_steps(content_X, *targets, net, 0.01, args.epochs, 200):
        yield step.total_loss, time.perf_counter()


def tuned(args):
    """Our loop and Adam with another learning rate, which falls to 0 along a cosine."""
    from d2l_style import Weights, extract_features, get_inits
    from d2l_style.fast.compiled import TransferLoss

    from mxnet import autograd, gluon, lr_scheduler, nd
    (content_X, style_X), net = preprocessed(args), frozen(args)
    contents_Y, styles_Y = extract_features(content_X, net)[0], extract_features(style_X, net)[1]
    X, styles_Y_gram, trainer = get_inits(content_X, content_X.context, args.lr, styles_Y)
    schedule = lr_scheduler.CosineScheduler(args.epochs, args.lr)
    trainer = gluon.Trainer(trainer._params, 'adam', {'learning_rate': args.lr, 'lr_scheduler': schedule})
    loss = TransferLoss(net, contents_Y, styles_Y_gram)
    while True:
        with autograd.record():
            l, _ = loss(X, Weights())
        l.backward()
        trainer.step(1)
        nd.waitall()
        yield l.asscalar(), time.perf_counter()


def fast(args):
    from d2l_style import read_image, train_fast_steps
    content_img, style_img = map(read_image, args.pictures)
    for step in train_fast_steps(content_img, style_img, (args.width, args.height), frozen(args), args.epochs,
                                 coarse_epochs=0, tolerance=0):
        yield step.total_loss, time.perf_counter()


def torch_epochs(args):
    import with_torch
    return with_torch.epochs(*with_torch.load(args.file), args.content_layers, args.style_layers,
                             args.name.split('-')[1], args.epochs)


EPOCHS = {'chapter': chapter, 'ours': ours, 'tuned': tuned, 'fast': fast,
          'torch-adam': torch_epochs, 'torch-lbfgs': torch_epochs}


def preprocessed(args):
    from d2l_style import preprocess, read_image
    return [preprocess(read_image(name), (args.width, args.height)) for name in args.pictures]


def network(args):
    """Layers with weights: the embedded ones, those of a file, or random ones, always the same."""
    from d2l_style import load_backbone
    from d2l_style.backbones import VGG19_CHANNELS, vgg_features
    from d2l_style.layers import fill

    import mxnet as mx
    import numpy as np
    from mxnet import nd
    net = load_backbone('vgg19_slim', mx.cpu()) if args.net == 'slim' \
        else vgg_features(VGG19_CHANNELS)[:max(*args.content_layers, *args.style_layers) + 1]
    if args.net == 'vgg19':
        mx.random.seed(0)
        net.initialize(mx.init.MSRAPrelu(slope=0))
        net(nd.zeros((1, 3, 32, 32))).wait_to_read()
    elif args.net != 'slim':
        fill(net, {name: nd.array(value) for name, value in np.load(args.net).items()}, mx.cpu())
        balance(net, preprocessed(args)[1], args.style_layers)
    net.collect_params().setattr('grad_req', 'write')  # as a network is that was just loaded
    return net


def balance(net, X, style_layers):
    """Scale layer by layer, so that the chapter's weights suit a network of other activations.

    The squared Gram matrix of each style layer gets the mean 0.03 on the picture `X`, other layers
    RMS 1.5. No gradient within a layer changes its direction (Gatys et al. 2016 scaled as well).
    """
    from d2l_style import gram

    from mxnet.gluon import nn
    before = 1.0
    for i, layer in enumerate(net):
        if isinstance(layer, nn.Conv2D):
            layer.bias.set_data(layer.bias.data() / before)
            Y = layer(X)
            scale = (gram(Y).square().mean().asscalar() / 0.03) ** 0.25 if i in style_layers \
                else Y.square().mean().asscalar() ** 0.5 / 1.5
            layer.weight.set_data(layer.weight.data() / scale)
            layer.bias.set_data(layer.bias.data() / scale)
            before *= scale
        X = layer(X)


def frozen(args):
    from d2l_style import FeatureNet
    net = network(args)
    net.collect_params().setattr('grad_req', 'null')
    return FeatureNet(net, args.content_layers, args.style_layers)


def store(args):
    """Pictures and weights as arrays, for a process without MXNet; and the work of one epoch in GFLOP."""
    import d2l_style  # noqa: F401  before MXNet

    import numpy as np
    content_X, style_X = preprocessed(args)
    net = network(args)
    weights = {name: p.data().asnumpy() for name, p in net._collect_params_with_prefix().items()}
    for i, head in getattr(net, 'heads', {}).items():
        weights[f'heads.{i}.weight'], weights[f'heads.{i}.bias'] = (
            p.data().asnumpy() for p in (head[-1].weight, head[-1].bias))
    np.savez(args.file, content_X=content_X.asnumpy(), style_X=style_X.asnumpy(), **weights)
    return {'gflop': gflop(net, args)}


def gflop(net, args):
    """Multiplications and additions of the convolutions and Gram matrices, forward and back to the picture."""
    from mxnet.gluon import nn
    last, height, width, total = max(*args.content_layers, *args.style_layers), args.height, args.width, 0
    for i, layer in enumerate(net[:last + 1]):
        if isinstance(layer, nn.Conv2D):
            total += 2 * 2 * layer.weight.data().size * height * width
            if i in args.style_layers:
                total += 2 * 2 * layer.weight.shape[0] ** 2 * height * width
        elif isinstance(layer, nn.MaxPool2D):
            height, width = height // 2, width // 2
    return total / 1e9


def sgemm(args):  # noqa: ARG001  every command gets them
    """The best of ten products of two 2048×2048 matrices, on all cores, of MXNet and of NumPy's own OpenBLAS.

    That is what the processor can do; MXNet's alone may use the kernels of another one. `core`: which.
    """
    import d2l_style  # noqa: F401  before MXNet
    from d2l_style.compat import blas

    import numpy as np
    from mxnet import nd
    A, best = nd.random.normal(shape=(2048, 2048)), {}
    nd.waitall()
    products = {'mxnet': (nd.dot, A), 'numpy': (np.dot, A.asnumpy())}
    for _ in range(10):
        for name, (product, X) in products.items():
            start = time.perf_counter()
            product(X, X)
            nd.waitall()
            best[name] = max(best.get(name, 0), 2 * 2048 ** 3 / (time.perf_counter() - start) / 1e9)
    openblas = blas.library()
    return {'gflop_per_second': max(best.values()), **best, 'core': blas.core(openblas) if openblas else 'none'}


if __name__ == '__main__':
    main()
