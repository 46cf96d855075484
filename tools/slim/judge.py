"""Judge `vgg19_slim` by its pictures, measured with the real VGG-19.

For every pair of a content and a style picture the chapter's schedule (150x225, 500 epochs,
weights 1 / 1e3 / 10) runs with
  slim        the network of the package, or of `--slim`
  untrained   the same network with random weights
  real        the real VGG-19, blocks 1 to 3 (content layer conv3_4)
each scaled layer by layer (slim and untrained in the very same way). Then the real network
measures each result, layer by layer, against the pair: squared error of the Gram matrix over
the squared Gram matrix of the style, and squared error of conv3_4 over the squared conv3_4 of
the content. Results are kept in `--out`: call again to go on; remove the .npy files of a network
that has changed.

    python tools/slim/judge.py --teacher VGG19.npz --pictures FOLDER --calibration TEST --out build/judge

FOLDER holds `content/` and `style/`.
"""
from d2l_style import (
    CONTENT_LAYERS,
    STYLE_LAYERS,
    FeatureNet,
    extract_features,
    get_contents,
    get_styles,
    gram,
    load_backbone,
    postprocess,
    read_image,
    train_steps,
)
from d2l_style.backbones import SLIM_CHANNELS, fill, vgg_features
from d2l_style.store.registry import WEIGHTS

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import mxnet as mx
import numpy as np
from common import load_pictures, load_teacher, normalise, rescale
from export import CONTENT_RMS, STYLE_ENERGIES
from mxnet import nd
from tqdm import tqdm

SHAPE, EPOCHS, DECAY = (225, 150), 500, 200
JUDGE_STYLES, JUDGE_CONTENT = (0, 5, 10), (16,)
REAL_ENERGIES, REAL_RMS = (0.03, 0.03, 0.03), 3.0  # three layers, balanced among themselves


def networks(args):
    """Name → function that makes the `FeatureNet` of a competitor."""
    pictures = [normalise(p[None]) for p in load_pictures([args.calibration])[:40]]

    def slim():
        if not args.slim:
            return FeatureNet(load_backbone('vgg19_slim', mx.cpu()))
        features = vgg_features(SLIM_CHANNELS)[:STYLE_LAYERS[-1] + 1]
        fill(features, nd.load(str(args.slim)), mx.cpu())
        features.collect_params().setattr('grad_req', 'null')
        return FeatureNet(features)

    def untrained():
        mx.random.seed(0)
        features = vgg_features(SLIM_CHANNELS)[:STYLE_LAYERS[-1] + 1]
        features.initialize(mx.init.MSRAPrelu(slope=0))
        features(pictures[0])
        rescale(features, pictures, STYLE_ENERGIES, CONTENT_RMS, STYLE_LAYERS, CONTENT_LAYERS)
        features.collect_params().setattr('grad_req', 'null')
        return FeatureNet(features)

    def real():
        features = load_teacher(args.teacher, mx.cpu())
        rescale(features, pictures[:10], REAL_ENERGIES, REAL_RMS, JUDGE_STYLES, JUDGE_CONTENT)
        return FeatureNet(features, JUDGE_CONTENT, JUDGE_STYLES)

    return {'slim': slim, 'untrained': untrained, 'real': real}


def composite(net, content, style):
    """Composite image (1, 3, h, w) after the chapter's first training run."""
    X, contents_Y = get_contents(content, SHAPE, net)
    _, styles_Y = get_styles(style, SHAPE, net)
    *_, last = train_steps(X, contents_Y, styles_Y, net, 0.01, EPOCHS, DECAY)
    return last.X


def measure(judge, X, content, style):
    """Style loss of each judging layer and content loss, relative, seen by the real network."""
    contents, styles = extract_features(X, judge)
    _, contents_Y = get_contents(content, SHAPE, judge)
    _, styles_Y = get_styles(style, SHAPE, judge)
    pairs = [(gram(a), gram(b)) for a, b in zip(styles, styles_Y)] + list(zip(contents, contents_Y))
    return [((a - b).square().sum() / b.square().sum()).asscalar() for a, b in pairs]


def table(results, names):
    """Medians, and the ratios that the bar is set in, as Markdown."""
    columns = [f'style conv{k}_1' for k in (1, 2, 3)] + ['content conv3_4']
    lines = ['| network | ' + ' | '.join(columns) + ' |', '| --- |' + ' --- |' * len(columns)]
    values = {name: np.array([results[name, pair] for pair in sorted({p for _, p in results})]) for name in names}
    lines += [f'| {name} | ' + ' | '.join(f'{v:.4f}' for v in np.median(values[name], axis=0)) + ' |' for name in names]
    sentences = []
    for other in [name for name in names if 'slim' in names and name != 'slim']:
        ratio = values['slim'] / values[other]
        lines.append(f'| slim / {other} | ' + ' | '.join(f'{v:.2f}' for v in np.median(ratio, axis=0)) + ' |')
        sentences.append(f'slim / {other}: style {np.median(ratio[:, :3]):.3f}, content {np.median(ratio[:, 3]):.3f} '
                         '(median over pairs and layers)')
    return '\n'.join([*lines, '', *sentences])


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--teacher', type=Path, required=True, help='VGG-19 weights, .npz or .params')
    parser.add_argument('--pictures', type=Path, required=True, help='folder with content/ and style/')
    parser.add_argument('--calibration', type=Path, required=True, help='folder to measure scales on')
    parser.add_argument('--slim', type=Path, help=f'file to judge, by default {WEIGHTS["vgg19_slim"].embedded}')
    parser.add_argument('--only', nargs='+', choices=('slim', 'untrained', 'real'),
                        default=['slim', 'untrained', 'real'])
    parser.add_argument('--out', type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    pairs = [(c, s) for c in sorted((args.pictures / 'content').iterdir())
             for s in sorted((args.pictures / 'style').iterdir())]
    judge = FeatureNet(load_teacher(args.teacher, mx.cpu()), JUDGE_CONTENT, JUDGE_STYLES)
    results, pictures = {}, {}
    for name, make in networks(args).items():
        if name not in args.only:
            continue
        net = make()
        for pair in tqdm(pairs, desc=name):
            key = f'{pair[0].stem}_{pair[1].stem}'
            content, style = map(read_image, pair)
            file = args.out / f'{name}_{key}.npy'
            if not file.exists():
                np.save(file, composite(net, content, style).asnumpy())
            X = nd.array(np.load(file))
            results[name, key] = measure(judge, X, content, style)
            pictures[name, key] = postprocess(X).asnumpy()
            pictures['content', key], pictures['style', key] = content.asnumpy(), style.asnumpy()
    keys = [f'{c.stem}_{s.stem}' for c, s in pairs]
    contact_sheet(args.out / 'contact-sheet.png', pictures, args.only, keys)
    print(table(results, args.only))


if __name__ == '__main__':
    main()
