"""The student before its training: solved layer by layer, in closed form.

conv1_1 is that of `--start`, an earlier `vgg19_slim`. Every other convolution gets the weights that lead best, in
the sense of least squares, from what the student itself puts into it to what the quarter network says there,
channel by channel. That takes two minutes, and is far nearer than thousands of steps of Adam came.

    python tools/slim/start.py --start vgg19_slim.params --quarter QUARTER.npz --photographs TRAIN VAL \
        --paintings PAINTINGS --out build/slim/start.params
"""
from d2l_style.backbones import SLIM_CHANNELS, vgg_features
from d2l_style.layers import set_borders

import argparse
from pathlib import Path

import numpy as np
from common import CONVOLUTIONS, Crops, load_pictures, load_quarter, taps
from mxnet import init, nd
from tqdm import tqdm

SOLVED = CONVOLUTIONS[1:]
RIDGE = 1e-4  # of the mean square of the inputs


def patches(X):
    """A row for each place, of the 3×3 places around it and a 1: (n, c, h, w) → (n·h·w, 9·c + 1)."""
    n, c, h, w = X.shape
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)), mode='edge')
    shifted = [padded[:, :, i:i + h, j:j + w] for i in range(3) for j in range(3)]
    rows = np.stack(shifted, 2).reshape(n, 9 * c, h * w).transpose(0, 2, 1).reshape(-1, 9 * c)
    return np.c_[rows, np.ones(len(rows), 'float32')]


def solve(features, layer, teacher, crops, batches):
    """Set the convolution `layer` of `features` by ridge regression on what `teacher` says there."""
    square, cross = 0, 0
    for k in tqdm(range(batches), desc=f'layer {layer}'):
        X = crops.draw(8, np.random.RandomState(5000 + k))
        wanted = teacher(X)[0].transpose((0, 2, 3, 1))
        for below in features[:layer]:
            X = below(X)
        rows = patches(X.asnumpy())
        square = square + rows.T @ rows
        cross = cross + rows.T @ wanted.reshape((-1, wanted.shape[3])).asnumpy()
    square = square.astype('float64')
    square += RIDGE * np.trace(square) / len(square) * np.eye(len(square))
    solution = np.linalg.solve(square, cross)
    conv = features[layer]
    conv.weight.set_data(nd.array(solution[:-1].reshape(-1, 3, 3, solution.shape[1]).transpose(3, 0, 1, 2)))
    conv.bias.set_data(nd.array(solution[-1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--start', type=Path, required=True, help='.params with features.0.weight and .bias')
    parser.add_argument('--quarter', type=Path, required=True, help='the quarter network with heads, .npz')
    parser.add_argument('--photographs', type=Path, nargs='+', required=True, help='folders to take crops from')
    parser.add_argument('--paintings', type=Path, nargs='+', required=True, help='folders to take crops from')
    parser.add_argument('--out', type=Path, required=True, help='.params file to write')
    parser.add_argument('--batches', type=int, default=35, help='of 8 crops; blocks 1 and 2 need 8')
    args = parser.parse_args()
    features = vgg_features(SLIM_CHANNELS)[:CONVOLUTIONS[-1] + 1]
    features.initialize(init.Zero())
    features(nd.zeros((1, 3, 32, 32)))  # shapes are known only now
    start = nd.load(str(args.start))
    for kind in ('weight', 'bias'):
        getattr(features[0], kind).set_data(start[f'features.0.{kind}'].astype('float32'))
    set_borders(features, 'edge')
    quarter, _ = load_quarter(args.quarter, [])
    crops = Crops(load_pictures(args.photographs), load_pictures(args.paintings), 112)
    for layer in SOLVED:
        solve(features, layer, taps(quarter, [layer]), crops, args.batches if layer >= 12 else 8)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    features.save_parameters(str(args.out))


if __name__ == '__main__':
    main()
