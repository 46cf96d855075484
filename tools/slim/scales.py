"""A contact sheet of pairs of pictures under several scales of `vgg19_slim`: what the scale was chosen by.

    python tools/slim/scales.py --pictures TEST --content FILE … --style FILE … --out build/scales

`--pictures`: the photographs that scales are measured on. Pairs are the first content with the first style picture, and
so on; names of the catalogue are files too. For each scale of `SCALES` and each pair, fast mode at 450×300, and with
`--training` the chapter's two trainings (half an hour on two cores). Writes fast.jpg and training.jpg, a row a scale.
"""
from d2l_style import (
    FeatureNet,
    fit_area,
    get_contents,
    get_styles,
    postprocess,
    preprocess,
    read_image,
    train,
    train_fast,
)

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from common import AFTER_RELU, head_of, load_pictures, normalise
from export import STYLE_ENERGIES, of_package, rescaled
from mxnet import nd

ONE = tuple(3 * energy for energy in STYLE_ENERGIES)
SCALES = {  # name: energies of the five style layers, RMS at the content layer
    "for the book's losses": ((0.0041, 0.00165, 0.00136, 0.0058, 0.0068), 5.8),
    'a third (chosen)': (STYLE_ENERGIES, 4.5), 'one': (ONE, 4.5), 'three': (tuple(3 * energy for energy in ONE), 4.5)}


def network(pictures, energies, rms):
    """The package's network at another scale, as a `FeatureNet`."""
    features, matrices = of_package()
    heads = rescaled(features, matrices, pictures, energies, rms)
    features.heads = {i: head_of(nd.array(matrix), i in AFTER_RELU) for i, matrix in heads.items()}
    return FeatureNet(features)


def fast(net, content, style):
    """The composite image of fast mode."""
    return train_fast(content, style, fit_area(content, 450 * 300), net, 40, 30, progress=False)


def trainings(net, content, style):
    """The composite image of the chapter's two trainings."""
    X = None
    for pixels, epochs, decay in ((225 * 150, 500, 200), (450 * 300, 300, 100)):
        shape = fit_area(content, pixels)
        content_X, contents_Y = get_contents(content, shape, net)
        _, styles_Y = get_styles(style, shape, net)
        start = content_X if X is None else preprocess(postprocess(X) * 255, shape)
        X = train(start, contents_Y, styles_Y, net, 0.01, epochs, decay, progress=False)
    return X


def sheet(rows, file):
    """Draw the pictures of each scale in a row; `rows`: {name: pictures}."""
    columns = max(map(len, rows.values()))
    _, axes = plt.subplots(len(rows), columns, figsize=(2.2 * columns, 1.75 * len(rows)), layout='constrained')
    for line, (name, pictures) in zip(axes, rows.items()):
        for axis, picture in zip(line, pictures):
            axis.imshow(picture)
            axis.axis('off')
        line[0].set_title(name, loc='left', fontsize=9)
    plt.savefig(file, dpi=110, pil_kwargs={'quality': 80})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--pictures', type=Path, nargs='+', required=True, help='folders to measure scales on')
    parser.add_argument('--content', nargs='+', required=True)
    parser.add_argument('--style', nargs='+', required=True)
    parser.add_argument('--training', action='store_true', help="also the chapter's two trainings")
    parser.add_argument('--out', type=Path, default=Path('build/scales'))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    measured_on = [normalise(p[None]) for p in load_pictures(args.pictures)[:40]]
    pairs = [(read_image(content), read_image(style)) for content, style in zip(args.content, args.style)]
    nets = {name: network(measured_on, *scale) for name, scale in SCALES.items()}
    for way in (fast, trainings)[:1 + args.training]:
        sheet({name: [postprocess(way(net, *pair)).asnumpy() for pair in pairs] for name, net in nets.items()},
              args.out / f'{way.__name__}.jpg')


if __name__ == '__main__':
    main()
