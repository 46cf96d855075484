"""Composite images of training pictures, made with the student so far, to train it further.

    python tools/slim/compose.py --lower build/slim/student.params --pictures TRAIN --calibration TEST \
        --out build/composites
"""
from d2l_style import FeatureNet, extract_features, train_steps
from d2l_style.backbones import SLIM_CHANNELS, vgg_features

import argparse
from pathlib import Path

import mxnet as mx
import numpy as np
from common import load_pictures, normalise, random_crops, rescale, taps
from tqdm import trange

STYLES, CONTENTS = (0, 5, 10), (16,)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--lower', type=Path, required=True, help='student.params from distill.py')
    parser.add_argument('--pictures', type=Path, nargs='+', required=True, help='folders to take crops from')
    parser.add_argument('--calibration', type=Path, nargs='+', required=True, help='folders to measure scales on')
    parser.add_argument('--out', type=Path, required=True, help='folder for the .npy files')
    parser.add_argument('--number', type=int, default=200)
    parser.add_argument('--first', type=int, default=0, help='number of the first one')
    parser.add_argument('--side', type=int, default=128, help='pixels')
    parser.add_argument('--epochs', type=int, default=50)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    features = vgg_features(SLIM_CHANNELS)[:CONTENTS[-1] + 1]
    taps(features, CONTENTS).load_parameters(str(args.lower), ctx=mx.cpu())
    features.collect_params().setattr('grad_req', 'null')
    calibration = [normalise(p[None]) for p in load_pictures(args.calibration)[:10]]
    rescale(features, calibration, (0.03, 0.03, 0.03), 3.0, STYLES, CONTENTS)
    net, pictures = FeatureNet(features, CONTENTS, STYLES), load_pictures(args.pictures)
    for k in trange(args.first, args.first + args.number):
        content, style = (random_crops(pictures, 1, args.side, seed=10**6 + 2 * k + i) for i in (0, 1))
        contents_Y, styles_Y = extract_features(content, net)[0], extract_features(style, net)[1]
        *_, last = train_steps(content, contents_Y, styles_Y, net, 0.05, args.epochs, args.epochs)
        np.save(args.out / f'{k:04d}.npy', last.X.asnumpy().astype('float16'))


if __name__ == '__main__':
    main()
