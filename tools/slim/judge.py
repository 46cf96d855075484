"""Judge `vgg19_slim` by its pictures, measured with the real VGG-19 and with the quarter network.

For every pair of a content and a style picture the chapter's first schedule (225×150, 500 epochs,
weights 1 / 1e3 / 10) runs with
  slim       the network of the package, as it is
  equal      the same, scaled layer by layer as those below
  untrained  the same network with random weights
  real       the real VGG-19, blocks 1 to 3 (content layer conv3_4)
  quarter    the quarter network with its heads, which taught blocks 4 and 5
all but the first with the energies and the RMS of `SCALE`. Then the real network measures each result at
conv1_1, conv2_1, conv3_1 (squared error of the Gram matrix over the squared Gram matrix of the style) and at
conv3_4 (squared error of the features over the squared features of the content), and the quarter network's
heads at conv4_1 and conv5_1. A second table: what conv4_4 holds of a scene (noise trained on the content loss
alone), what the content weight does, and whether a frame shows. Results are kept in `--out`: call again to
go on; remove the .npy files of a network that has changed.

    python tools/slim/judge.py --real VGG19.npz --quarter QUARTER.npz --pictures FOLDER --calibration TEST \
        --out build/judge

FOLDER holds `content/` and `style/`.
"""
from d2l_style import (
    FeatureNet,
    Weights,
    extract_features,
    get_contents,
    get_styles,
    gram,
    load_backbone,
    postprocess,
    read_image,
    train_steps,
)
from d2l_style.backbones import SLIM_CHANNELS, vgg_features

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import mxnet as mx
import numpy as np
from common import (
    AFTER_RELU,
    CHANNELS,
    CONTENT,
    REAL,
    as_matrix,
    head_of,
    load_pictures,
    load_quarter,
    load_real,
    normalise,
)
from export import normalised, of_package
from mxnet import nd
from tqdm import tqdm

SHAPE, EPOCHS, DECAY = (225, 150), 500, 200
REAL_CONTENT = 16  # conv3_4
SCALE = {0: 0.1, 5: 0.05, 10: 0.03, 19: 0.01, 28: 0.01}, 1.5  # energies of style layers, RMS of the content layer
NETWORKS = ('slim', 'equal', 'untrained', 'real', 'quarter')
COLUMNS = ('conv1_1', 'conv2_1', 'conv3_1', 'conv4_1', 'conv5_1', 'content')


def scaled(features, pictures, content, heads=None):
    """`features` with the energies and the RMS of `SCALE`; `heads`: {layer: (C, c + 1)}, else identities."""
    energies, rms = SCALE
    found, divisors = normalised(features, pictures, {content: rms})
    features.heads, scaled_heads = {}, {}
    for i in [i for i in energies if i < len(features)]:
        number = found[i][0].shape[1]
        matrix = heads[i].copy() if heads else as_matrix(nd.eye(number), nd.zeros(number))
        matrix[:, :-1] *= divisors[i] if heads else 1
        features.heads = {i: head_of(matrix, i in AFTER_RELU)}
        net = FeatureNet(features, i, i)
        energy = np.mean([gram(net(X)[0]).square().mean().asscalar() for X in pictures])
        scaled_heads[i] = head_of(matrix * float((energies[i] / energy) ** 0.25), i in AFTER_RELU)
    features.heads = scaled_heads
    features.collect_params().setattr('grad_req', 'null')
    return features


def networks(args):
    """Name → function that makes the `FeatureNet` of a competitor."""
    pictures = [normalise(p[None]) for p in load_pictures([args.calibration])[:20]]

    def slim():
        return FeatureNet(load_backbone('vgg19_slim', mx.cpu()))

    def equal():
        features = load_backbone('vgg19_slim', mx.cpu())
        return FeatureNet(scaled(features, pictures, CONTENT, of_package()[1]))

    def untrained():
        mx.random.seed(0)
        features = vgg_features(SLIM_CHANNELS)[:29]
        features.initialize(mx.init.MSRAPrelu(slope=0))
        features(pictures[0])
        return FeatureNet(scaled(features, pictures, CONTENT))

    def real():
        features = load_real(args.real, REAL_CONTENT, borders='zeros')
        return FeatureNet(scaled(features, pictures[:10], REAL_CONTENT), REAL_CONTENT, REAL)

    def quarter():
        features, heads = load_quarter(args.quarter, CHANNELS)
        return FeatureNet(scaled(features, pictures, CONTENT, heads))

    return {'slim': slim, 'equal': equal, 'untrained': untrained, 'real': real, 'quarter': quarter}


def composite(net, content, style, weights=None, lr=0.01, epochs=EPOCHS, start=None):
    """Composite image (1, 3, h, w) of two pictures, by default after the chapter's first training run."""
    X, contents_Y = get_contents(content, SHAPE, net)
    _, styles_Y = get_styles(style, SHAPE, net)
    *_, last = train_steps(X if start is None else start, contents_Y, styles_Y, net, lr, epochs, DECAY,
                           weights=weights)
    return last.X


class Judges:
    """The real blocks 1 to 3 and the quarter network's heads."""

    def __init__(self, args):
        self.real = FeatureNet(load_real(args.real, REAL_CONTENT, borders='zeros'), REAL_CONTENT, REAL)
        features, heads = load_quarter(args.quarter, AFTER_RELU)
        features.heads = {i: head_of(matrix, after_relu=True) for i, matrix in heads.items()}
        self.quarter = FeatureNet(features, CONTENT, AFTER_RELU)

    def measure(self, X, content, style):
        """The six numbers of `COLUMNS` for a composite image."""
        found, wanted = [], []
        for judge in (self.real, self.quarter):
            found += [gram(Y) for Y in extract_features(X, judge)[1]]
            wanted += [gram(Y) for Y in get_styles(style, SHAPE, judge)[1]]
        return [_relative(a, b) for a, b in zip(found, wanted)] + [self.content_error(X, content)]

    def content_error(self, X, content):
        """Squared error of the real conv3_4 over the squared conv3_4 of the content."""
        return _relative(extract_features(X, self.real)[0][0], get_contents(content, SHAPE, self.real)[1][0])


def _relative(a, b):
    return ((a - b).square().sum() / b.square().sum()).asscalar()


def pictures_table(results, names):
    """Medians, and medians of the ratios between networks, as Markdown."""
    values = {name: np.array([results[name, pair] for pair in sorted({p for _, p in results})]) for name in names}
    lines = ['| network | ' + ' | '.join(COLUMNS) + ' |', '| --- |' + ' --- |' * len(COLUMNS)]
    lines += [f'| {name} | ' + ' | '.join(f'{v:.4f}' for v in np.median(values[name], axis=0)) + ' |' for name in names]
    for ours in [name for name in names if name in ('slim', 'equal')]:
        for other in [name for name in names if name not in ('slim', 'equal')]:
            ratio = np.median(values[ours] / values[other], axis=0)
            lines.append(f'| {ours} / {other} | ' + ' | '.join(f'{v:.2f}' for v in ratio) + ' |')
    return '\n'.join(lines)


def scene(net, content):
    """Correlation of brightness between a scene and noise that was trained on its content loss alone.

    Content loss scaled to 1, no TV, Adam with 0.1, 300 epochs.
    """
    X, contents_Y = get_contents(content, SHAPE, net)
    start = nd.array(np.random.RandomState(0).normal(size=X.shape))
    first = (extract_features(start, net)[0][0] - contents_Y[0]).square().mean().asscalar()
    found = composite(net, content, content, Weights(1 / first, 0, 0), 0.1, 300, start)
    a, b = (postprocess(Y).asnumpy().mean(2).ravel() for Y in (found, X))
    return np.corrcoef(a, b)[0, 1]


def held(net, judges):
    """Content error at the content weights 1 and 100, as the real conv3_4 sees it: the lake painted as the hills."""
    content, style = read_image('mountain_lake'), read_image('painted_hills')
    return [judges.content_error(composite(net, content, style, Weights(weight, 1e3, 10), 0.1, 150), content)
            for weight in (1, 100)]


def edge(X):
    """How much the outer 3 pixels of a picture differ in colour from the next 10: mean over the sides, grey levels."""
    picture = postprocess(X).asnumpy() * 255
    sides = (picture, picture[::-1], picture.swapaxes(0, 1), picture.swapaxes(0, 1)[::-1])
    return float(np.mean([np.abs(side[:3].mean(0) - side[3:13].mean(0)).mean() for side in sides]))


def contact_sheet(file, pictures, names, pairs):
    """One row a pair: content, style, and the composites."""
    figure, axes = plt.subplots(len(pairs), 2 + len(names), squeeze=False,
                                figsize=(2.4 * (2 + len(names)), 1.75 * len(pairs)))
    for row, pair in zip(axes, pairs):
        for axis, title in zip(row, ('content', 'style', *names)):
            axis.imshow(pictures[title, pair])
            axis.set_title(title, fontsize=8)
            axis.axis('off')
    figure.tight_layout()
    figure.savefig(file, dpi=110)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--real', type=Path, required=True, help='blocks 1 to 3 of VGG-19, .npz')
    parser.add_argument('--quarter', type=Path, required=True, help='the quarter network with heads, .npz')
    parser.add_argument('--pictures', type=Path, required=True, help='folder with content/ and style/')
    parser.add_argument('--calibration', type=Path, required=True, help='folder to measure scales on')
    parser.add_argument('--only', nargs='+', choices=NETWORKS, default=NETWORKS)
    parser.add_argument('--out', type=Path, required=True)
    return parser.parse_args()


def main():
    args = parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    pairs = [(c, s) for c in sorted((args.pictures / 'content').iterdir())
             for s in sorted((args.pictures / 'style').iterdir())]
    judges, makers = Judges(args), networks(args)
    results, pictures, edges, scenes = {}, {}, {}, []
    for name in args.only:
        net = makers[name]()
        for pair in tqdm(pairs, desc=name):
            key = f'{pair[0].stem}_{pair[1].stem}'
            content, style = map(read_image, pair)
            file = args.out / f'{name}_{key}.npy'
            if not file.exists():
                np.save(file, composite(net, content, style).asnumpy())
            X = nd.array(np.load(file))
            results[name, key] = judges.measure(X, content, style)
            edges[name, key] = edge(X) / edge(get_contents(content, SHAPE, net)[0])
            pictures[name, key] = postprocess(X).asnumpy()
            pictures['content', key], pictures['style', key] = content.asnumpy(), style.asnumpy()
        contents = [read_image('mountain_lake'), *(read_image(file) for file in {c: None for c, _ in pairs})]
        low, high = held(net, judges)
        scenes.append(f'| {name} | ' + ' | '.join(f'{scene(net, content):.2f}' for content in contents)
                      + f' | {low:.2f} | {high:.2f} | {1 - high / low:.0%} | '
                      + f'{np.median([value for (n, _), value in edges.items() if n == name]):.2f} |')
    contact_sheet(args.out / 'contact-sheet.png', pictures, args.only, [f'{c.stem}_{s.stem}' for c, s in pairs])
    print(pictures_table(results, args.only))
    names = ['scene: lake', *(f'scene: {c.stem}' for c in {c: None for c, _ in pairs}),
             'weight 1', 'weight 100', 'lower by', 'edge']
    print('\n| network | ' + ' | '.join(names) + ' |\n| --- |' + ' --- |' * len(names))
    print('\n'.join(scenes))


if __name__ == '__main__':
    main()
