"""Distil `vgg19_slim` from two teachers: all 13 convolutions and the heads of the five style layers.

The student has a quarter of VGG-19's channels. Its style layers, through linear heads (1×1
convolutions), have to give the features of the real network and their Gram matrices:
  conv1_1, conv2_1, conv3_1  of the real blocks 1 to 3, before the ReLU;
  conv4_1, conv5_1           as the quarter network predicts them with its own heads, after the ReLU.
At every convolution the quarter network's features guide, through adapters that are thrown away;
conv4_4 also has to tell what conv3_1 of the real network sees there (another adapter): that is what
makes it hold the scene. Beyond the border the teachers see the picture mirrored, the student its
outermost pixels again.

A picture that is optimised under the student looks for places where the student differs from its
teachers. So half of each batch are such pictures, out of a pool that goes on being optimised under
the student as it is: see composites.py.

Our network started from what start.py does, and went 500 of 1500 steps; then, called again with
`--steps 800`, which lets the rate fall sooner, 300 more with a new pool. From there, in another folder,
1500 more with `--rate 1e-4 --guide 0.15 --heavier head_5=2 head_10=2 gram_5=3 gram_10=3 gram_28=3`.

    python tools/slim/distill.py --real VGG19.npz --quarter QUARTER.npz --photographs TRAIN VAL \
        --paintings PAINTINGS --validation TEST --out build/slim/trained --start build/slim/start.params

The script is resumable: call it again with the same arguments.
"""
from d2l_style.backbones import SLIM_CHANNELS, vgg_features
from d2l_style.layers import set_borders

import argparse
import json
import math
import time
from pathlib import Path

import mxnet as mx
import numpy as np
from common import (
    AFTER_RELU,
    CHANNELS,
    CONTENT,
    CONVOLUTIONS,
    REAL,
    Crops,
    as_matrix,
    head_of,
    load_pictures,
    load_quarter,
    load_real,
    taps,
)
from composites import Pool
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn

SCENE = 'scene'  # the adapter from conv4_4 to the real conv3_1
HOLD = 1.0  # weight of conv4_4, which does more than guide


def thin(Y):
    """Every second, fourth or eighth row and column of a large layer: a part of the places will do for means."""
    step = max(1, Y.shape[2] // 14)
    return Y[:, :, ::step, ::step]


def relative(Y_hat, Y):
    """Squared error relative to the variance of `Y` around the means of its channels."""
    return (Y_hat - Y).square().sum() / _variances(Y).sum() / (Y.size // Y.shape[1])


def relative_by_channel(Y_hat, Y):
    """The same for each channel by itself, and the mean of that: weak channels count as much as strong ones."""
    variances = _variances(Y)
    return ((Y_hat - Y).square().mean(axis=(0, 2, 3)) / (variances + 0.01 * variances.mean())).mean()


def _variances(Y):
    return nd.broadcast_sub(Y, Y.mean(axis=(0, 2, 3), keepdims=True)).square().mean(axis=(0, 2, 3))


def relative_gram(G_hat, G):
    """Squared error of Gram matrices relative to `G`, for each picture: (n, C, C) → (n,)."""
    return (G_hat - G).square().sum(axis=(1, 2)) / (G.square().sum(axis=(1, 2)) + 1e-8)


def grams(X):
    """Gram matrices of a batch, divided by the number of places: (n, c, h, w) → (n, c, c)."""
    X = X.reshape((0, 0, -1))
    return nd.batch_dot(X, X, transpose_b=True) / X.shape[2]


class Student:
    """The network that learns, its heads (kept) and its adapters (thrown away)."""

    def __init__(self, file, layers):
        self.body = vgg_features(SLIM_CHANNELS)[:CONVOLUTIONS[-1] + 1]
        set_borders(self.body, 'edge')
        self.body.initialize(mx.init.MSRAPrelu(slope=0))
        self.body(nd.zeros((1, 3, 32, 32)))  # shapes are known only now
        self.body.load_parameters(str(file))
        self.heads = {i: _linear(_width(i), CHANNELS[i]) for i in CHANNELS}
        self.adapters = {i: _linear(_width(i), _width(i)) for i in CONVOLUTIONS}
        self.adapters[SCENE] = _linear(_width(CONTENT), CHANNELS[REAL[-1]])
        self.net = taps(self.body, layers)

    def head(self, layer, Y):
        """What the head makes of the features `Y` of a style layer: (n, c, h, w) → (n, C, h, w)."""
        return self.heads[layer](nd.relu(Y) if layer in AFTER_RELU else Y)

    def grams(self, layer, Y):
        """Gram matrices of that, without making it, divided by the number of places: (n, c, h, w) → (n, C, C)."""
        Y = nd.relu(Y) if layer in AFTER_RELU else Y
        small = grams(nd.concat(Y, nd.ones_like(nd.slice_axis(Y, axis=1, begin=0, end=1)), dim=1))
        A = as_matrix(self.heads[layer].weight.data(), self.heads[layer].bias.data())
        half = nd.dot(small, A, transpose_b=True)
        return nd.dot(half.transpose((0, 2, 1)), A, transpose_b=True)

    def blocks(self):
        """Everything that is saved, by name."""
        return {'student': self.body, **{f'head{i}': head for i, head in self.heads.items()},
                **{f'adapter{i}': adapter for i, adapter in self.adapters.items()}}

    def save(self, folder):
        for name, block in self.blocks().items():
            block.save_parameters(str(folder / f'{name}.params'))

    def load(self, folder):
        for name, block in self.blocks().items():
            block.load_parameters(str(folder / f'{name}.params'))


def _width(layer):
    return SLIM_CHANNELS[sum(layer >= first for first in CHANNELS) - 1]


def _linear(inputs, outputs):
    layer = nn.Conv2D(outputs, 1, in_channels=inputs)
    layer.initialize(mx.init.Xavier())
    layer.hybridize()
    return layer


class Teachers:
    """What the features of a batch should be, each layer divided by its RMS over the pictures `X`."""

    def __init__(self, args, X):
        quarter, heads = load_quarter(args.quarter, AFTER_RELU)
        self.heads = {i: head_of(matrix, after_relu=True) for i, matrix in heads.items()}
        self.real = taps(load_real(args.real, REAL[-1], 'reflect'), REAL)
        self.quarter = taps(quarter, CONVOLUTIONS)
        self.rms = [dict.fromkeys(CONVOLUTIONS, 1)] * 2
        self.rms = [{i: Y.square().mean().sqrt().asscalar() for i, Y in found.items()} for found in self(X)]

    def __call__(self, X):
        """Two dictionaries: layer → features of the quarter network, and of the real one."""
        guides = dict(zip(CONVOLUTIONS, self.quarter(X)))
        wanted = {**dict(zip(REAL, self.real(X))), **{i: head(guides[i]) for i, head in self.heads.items()}}
        return [{i: Y / rms[i] for i, Y in found.items()} for found, rms in zip((guides, wanted), self.rms)]


def errors(student, X, guides, wanted):
    """Name → relative error, each a scalar; the Gram matrices' are called `gram N`."""
    found, rows = dict(zip(student.net.layers, student.net(X))), {}
    for i, Y in wanted.items():
        rows[f'head {i}'] = relative(student.head(i, thin(found[i])), thin(Y))
        rows[f'gram {i}'] = relative_gram(student.grams(i, found[i]), grams(Y)).mean()
    for i, Y in guides.items():
        rows[f'guide {i}'] = relative_by_channel(student.adapters[i](thin(found[i])), thin(Y))
    rows[SCENE] = relative_by_channel(student.adapters[SCENE](found[CONTENT]), scene_of(wanted))
    return rows


def scene_of(wanted):
    """What the real conv3_1 sees, after its ReLU, averaged on the grid of block 4."""
    return nd.Pooling(wanted[REAL[-1]].relu(), kernel=(2, 2), stride=(2, 2), pool_type='avg')


def total(rows, guide, heavier):
    """The weighted sum of errors that is made small. `guide`: weight of what only guides; `heavier`: {name: weight}."""
    def weight(name):
        if name == f'guide {CONTENT}' or name == SCENE:
            return HOLD
        return heavier.get(name, guide if name.startswith('guide') else 1.0)
    return nd.add_n(*[weight(name) * row for name, row in rows.items()])


def fit_linear(student, teachers, crops):
    """Heads and adapters by least squares, so that a run does not start by spoiling what is there."""
    X = crops.draw(48, np.random.RandomState(1))
    guides, wanted = teachers(X)
    found = dict(zip(student.net.layers, student.net(X)))
    for i, Y in wanted.items():
        _least_squares(student.heads[i], found[i].relu() if i in AFTER_RELU else found[i], Y)
    for i, Y in guides.items():
        _least_squares(student.adapters[i], found[i], Y)
    _least_squares(student.adapters[SCENE], found[CONTENT], scene_of(wanted))


def _least_squares(layer, X, Y):
    X, Y = (Z.transpose((0, 2, 3, 1)).reshape((-1, Z.shape[1])).asnumpy() for Z in (X, Y))
    rows = np.random.RandomState(0).permutation(len(X))[:20000]
    X, Y = np.c_[X[rows], np.ones(len(rows), 'float32')].astype('float64'), Y[rows]
    square = X.T @ X
    solution = np.linalg.solve(square + 1e-5 * np.trace(square) / len(square) * np.eye(len(square)), X.T @ Y)
    layer.weight.set_data(nd.array(solution[:-1].T.reshape(layer.weight.shape)))
    layer.bias.set_data(nd.array(solution[-1]))


def learning_rate(step, steps, peak, warm_up=200):
    """Linear warm-up, then a cosine down to a hundredth of the peak."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    progress = (step - warm_up) / max(1, steps - warm_up)
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def report(title, rows):
    print(f'{title:11s}', '  '.join(f'{name} {row.asscalar():.3f}' for name, row in rows.items()), flush=True)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--real', type=Path, required=True, help='blocks 1 to 3 of VGG-19, .npz')
    parser.add_argument('--quarter', type=Path, required=True, help='the quarter network with heads, .npz')
    parser.add_argument('--photographs', type=Path, nargs='+', required=True, help='folders to train on')
    parser.add_argument('--paintings', type=Path, nargs='+', required=True, help='folders to train on')
    parser.add_argument('--validation', type=Path, required=True, help='folder to validate on')
    parser.add_argument('--start', type=Path, required=True, help='.params file to start from')
    parser.add_argument('--out', type=Path, required=True, help='folder for checkpoints and the result')
    parser.add_argument('--pool', type=int, default=48, help='number of composite images, 0 for none')
    parser.add_argument('--steps', type=int, default=1500)
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--crop', type=int, default=112, help='side of a training crop in pixels, a multiple of 16')
    parser.add_argument('--rate', type=float, default=2e-4, help='peak learning rate of Adam')
    parser.add_argument('--guide', type=float, default=0.3, help='weight of the features that only guide')
    parser.add_argument('--heavier', nargs='+', default=[], metavar='head_N=W', help='weights of other errors, else 1')
    args = parser.parse_args()
    pairs = [entry.replace('_', ' ').split('=') for entry in args.heavier]
    args.heavier = {name: float(weight) for name, weight in pairs}
    return args


def main():
    args = parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    mx.random.seed(0)
    crops = Crops(load_pictures(args.photographs), load_pictures(args.paintings), args.crop)
    teachers = Teachers(args, crops.draw(16, np.random.RandomState(3)))
    student = Student(args.start, CONVOLUTIONS)
    test = Crops(load_pictures([args.validation]), [], args.crop).draw(24, np.random.RandomState(2))
    fit_linear(student, teachers, crops)
    progress = args.out / 'progress.json'
    first = json.loads(progress.read_text())['step'] if progress.exists() else 0
    if first:
        student.load(args.out)
    learning = student.body.collect_params()
    for block in (*student.heads.values(), *student.adapters.values()):
        learning.update(block.collect_params())
    report(f'test {first}', errors(student, test, *teachers(test)))
    trainer = gluon.Trainer(learning, 'adam', {'learning_rate': args.rate})
    if first:
        trainer.load_states(str(args.out / 'trainer.states'))
    pool = Pool(student, crops, args.pool, seed=first) if args.pool else None
    start = time.time()
    for step in range(first, args.steps):
        trainer.set_learning_rate(learning_rate(step, args.steps, args.rate))
        rng = np.random.RandomState(10**6 + step)
        X = crops.draw(args.batch // 2 if pool else args.batch, rng)
        if pool:
            X = nd.concat(X, pool.advance(args.batch - len(X)), dim=0)
        guides, wanted = teachers(X)
        with autograd.record():
            rows = errors(student, X, guides, wanted)
            loss = total(rows, args.guide, args.heavier)
        loss.backward()
        trainer.step(1)
        nd.waitall()
        if (step + 1) % 250 == 0 or step + 1 == args.steps:
            student.save(args.out)
            trainer.save_states(str(args.out / 'trainer.states'))
            progress.write_text(json.dumps({'step': step + 1}))
            print(f'{(time.time() - start) / (step + 1 - first):.2f} s a step')
            report(f'batch {step + 1}', rows)
            report(f'test {step + 1}', errors(student, test, *teachers(test)))


if __name__ == '__main__':
    main()
