"""Blocks 4 and 5 (up to conv5_1) of `vgg19_slim`, on top of the distilled blocks 1 to 3.

There is no teacher for them here, so they learn from other tasks; the heads are thrown away.
`--method` is one of
  random    filters drawn at random that keep the variance (He et al. 2015): nothing is learned
  context   predict the teacher's conv3_4 averaged over a wide surrounding, with a quarter of the
            picture blanked out
  cluster   predict to which of 256 clusters the teacher's averaged conv3_4 belongs
  exemplar  tell from which training picture a crop was taken (Dosovitskiy et al. 2014)

    python tools/slim/extend.py --method exemplar --teacher VGG19.npz --pictures TRAIN \
        --lower build/slim/student.params --out build/slim/exemplar.params
"""
from d2l_style.backbones import SLIM_CHANNELS, vgg_features

import argparse
import time
from pathlib import Path

import mxnet as mx
import numpy as np
from common import load_pictures, load_teacher, random_crops, taps
from distill import learning_rate
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn
from scipy.cluster.vq import kmeans2, vq

LOWER, LAYERS = 17, (19, 25, 28)  # layers of blocks 1 to 3; where a head is put
CLUSTERS = 256


def build(lower):
    """Slim layers up to conv5_1: the file `lower` for blocks 1 to 3, He initialisation above."""
    features = vgg_features(SLIM_CHANNELS)[:LAYERS[-1] + 1]
    features.initialize(mx.init.MSRAPrelu(slope=0))
    features(nd.zeros((1, 3, 32, 32)))  # shapes are known only now
    taps(features, (LOWER - 1,)).load_parameters(str(lower))
    features[:LOWER].collect_params().setattr('grad_req', 'null')
    return features


def surroundings(teacher, X):
    """Teacher's conv3_4 averaged over 5x5 cells, on the grids of block 4 and of block 5."""
    block3 = nd.Pooling(nd.relu(teacher(X)), kernel=(2, 2), stride=(2, 2), pool_type='max')
    wide = nd.Pooling(block3, kernel=(5, 5), pad=(2, 2), pool_type='avg', count_include_pad=False)
    coarse = nd.Pooling(block3, kernel=(2, 2), stride=(2, 2), pool_type='avg')
    widest = nd.Pooling(coarse, kernel=(5, 5), pad=(2, 2), pool_type='avg', count_include_pad=False)
    return wide, wide, widest


def vectors(Y):
    return Y.transpose((0, 2, 3, 1)).reshape((-1, Y.shape[1]))


def blank_out(X, rng, share=0.25, side=16):
    """Set a share of the squares of a grid to the mean colour."""
    grid = (X.shape[0], 1, X.shape[2] // side, X.shape[3] // side)
    keep = (rng.rand(*grid) > share).repeat(side, 2).repeat(side, 3)
    return X * nd.array(keep, ctx=X.context)


def context_task(teacher, pictures, args):
    samples = surroundings(teacher, random_crops(pictures, 64, args.crop, seed=-3))
    moments = [(vectors(Y).mean(0), ((vectors(Y) - vectors(Y).mean(0)).square().mean(0) + 1e-6).sqrt())
               for Y in samples]

    def batch(step):
        X = random_crops(pictures, args.batch, args.crop, seed=step)
        targets = [(vectors(Y) - mean) / std for Y, (mean, std) in zip(surroundings(teacher, X), moments)]
        return blank_out(X, np.random.RandomState(step)), targets

    return batch, samples[0].shape[1], lambda S, target: (vectors(S) - target).square().mean()


def cluster_task(teacher, pictures, args):
    books = []
    for Y in surroundings(teacher, random_crops(pictures, 128, args.crop, seed=-3)):
        points = vectors(Y).asnumpy()
        points = points[np.random.RandomState(0).permutation(len(points))[:8000]]
        scale = points.std(0) + 1e-6
        books.append((scale, kmeans2(points / scale, CLUSTERS, minit='++', seed=0)[0]))

    def batch(step):
        X = random_crops(pictures, args.batch, args.crop, seed=step)
        targets = [nd.array(vq(vectors(Y).asnumpy() / scale, book)[0])
                   for Y, (scale, book) in zip(surroundings(teacher, X), books)]
        return blank_out(X, np.random.RandomState(step)), targets

    entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    return batch, CLUSTERS, lambda S, target: entropy(vectors(S), target).mean()


def exemplar_task(pictures, args):
    def batch(step):
        chosen = np.random.RandomState(step).randint(len(pictures), size=args.batch)
        crops = [random_crops([pictures[k]], 1, args.crop, seed=step * args.batch + j)
                 for j, k in enumerate(chosen)]
        return nd.concat(*crops, dim=0), [nd.array(chosen)] * len(LAYERS)

    entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    return batch, len(pictures), lambda S, target: entropy(S.mean(axis=(2, 3)), target).mean()


class Head(nn.HybridSequential):
    """A linear read-out of a layer after its ReLU."""

    def __init__(self, outputs):
        super().__init__()
        self.add(nn.Activation('relu'), nn.BatchNorm(), nn.Conv2D(outputs, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--method', choices=('random', 'context', 'cluster', 'exemplar'), required=True)
    parser.add_argument('--lower', type=Path, required=True, help='student.params from distill.py')
    parser.add_argument('--teacher', type=Path, help='VGG-19 weights (context, cluster)')
    parser.add_argument('--pictures', type=Path, nargs='+', help='folders to train on')
    parser.add_argument('--out', type=Path, required=True, help='file for the features')
    parser.add_argument('--steps', type=int, default=1500)
    parser.add_argument('--batch', type=int, default=16)
    parser.add_argument('--crop', type=int, default=96)
    parser.add_argument('--rate', type=float, default=1e-3)
    args = parser.parse_args()
    mx.random.seed(0)
    features = build(args.lower)
    if args.method != 'random':
        learn(features, args)
    features.save_parameters(str(args.out))


def learn(features, args):
    """Train blocks 4 and 5 of `features` on the task that `args.method` names."""
    pictures = load_pictures(args.pictures)
    if args.method == 'exemplar':
        batch, outputs, loss_of = exemplar_task(pictures, args)
    else:
        teacher = load_teacher(args.teacher, mx.cpu())
        teacher.hybridize()
        make = {'context': context_task, 'cluster': cluster_task}[args.method]
        batch, outputs, loss_of = make(teacher, pictures, args)
    net, heads = taps(features, LAYERS), [Head(outputs) for _ in LAYERS]
    trained = net.collect_params()
    for head in heads:
        head.initialize()
        trained.update(head.collect_params())
        head.hybridize()
    net.hybridize()
    trainer = gluon.Trainer(trained, 'adam', {'learning_rate': args.rate, 'wd': 1e-5})
    start, average = time.time(), None
    for step in range(args.steps):
        trainer.set_learning_rate(learning_rate(step, args.steps, args.rate, warm_up=100))
        X, targets = batch(step)
        with autograd.record():
            loss = nd.add_n(*[loss_of(head(S), Y) for head, S, Y in zip(heads, net(X), targets)])
        loss.backward()
        trainer.step(1)
        value = loss.asscalar() / len(LAYERS)
        average = value if average is None else 0.98 * average + 0.02 * value
        if (step + 1) % 100 == 0:
            print(f'{args.method} step {step + 1}, loss {average:.4f}, '
                  f'{(time.time() - start) / (step + 1):.2f} s a step', flush=True)


if __name__ == '__main__':
    main()
