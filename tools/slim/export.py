"""Scale the layers of a trained slim network and write it as float16 into the package.

The scale decides how the chapter's weights 1 / 1e3 / 10 balance: see `rescale` in common.py.

    python tools/slim/export.py --features build/slim/exemplar.params --pictures TEST
"""
from d2l_style import CONTENT_LAYERS, STYLE_LAYERS
from d2l_style.backbones import SLIM_CHANNELS, vgg_features
from d2l_style.store.registry import WEIGHTS

import argparse
from pathlib import Path

import mxnet as mx
from common import load_pictures, normalise, rescale
from mxnet import nd

# Chosen by looking at pictures. With equal energies the deeper layers move the pixels first, and the
# colours, which conv1_1 holds, come too late for the chapter's 500 epochs.
STYLE_ENERGIES, CONTENT_RMS = (0.1, 0.05, 0.03, 0.01, 0.01), 1.5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--features', type=Path, required=True, help='file from extend.py')
    parser.add_argument('--pictures', type=Path, nargs='+', required=True, help='folders to measure scales on')
    parser.add_argument('--out', type=Path, default=WEIGHTS['vgg19_slim'].embedded)
    parser.add_argument('--style-energies', type=float, nargs=5, default=STYLE_ENERGIES)
    parser.add_argument('--content-rms', type=float, default=CONTENT_RMS)
    args = parser.parse_args()
    features = vgg_features(SLIM_CHANNELS)[:STYLE_LAYERS[-1] + 1]
    features.load_parameters(str(args.features), ctx=mx.cpu())
    pictures = [normalise(p[None]) for p in load_pictures(args.pictures)[:40]]
    rescale(features, pictures, args.style_energies, args.content_rms, STYLE_LAYERS, CONTENT_LAYERS)
    nd.save(str(args.out), {f'features.{name}': parameter.data().astype('float16')
                            for name, parameter in features._collect_params_with_prefix().items()})
    print(f'{args.out}: {args.out.stat().st_size / 1e6:.2f} MB')


if __name__ == '__main__':
    main()
