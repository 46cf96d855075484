"""Compute the explorer's grids that come with the package, d2l_style/grids/: `make grids`.

    python tools/explorer/grids.py [weights layers styles time] [--folder build/grids]

All with the bundled pictures and network, at the chapter's 225 × 150 pixels. What is computed is kept in the folder, so
that a run that was stopped goes on. 40 or 60 epochs with a learning rate of 0.1, at the end a tenth of it, come
to about the losses of the chapter's 500 epochs (17.8 and 13.7; 17.1); only `time` takes as many.
"""
from d2l_style import FeatureNet, get_contents, get_styles, load_backbone, postprocess, read_image, train_steps
from d2l_style.beyond.sweep import Cell, Swept, curves_of, sweep
from d2l_style.lab.explorer_table import as_table
from d2l_style.losses import Weights

import argparse
import io
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from PIL import Image
from skimage.util import img_as_ubyte

ROOT = Path(__file__).parents[2]
SHORT = {'lr': 0.1, 'lr_decay_epoch': 45, 'epochs': 60}
SHAPE = (225, 150)
MOMENTS = [0, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500]


def weights(folder):
    """From where nothing happens to where it breaks, the chapter's 1, 1000 and 10 in between; 180 cells."""
    return sweep(folder, content_weight=[0, 1, 10, 30, 100, 1000], style_weight=[0, 1, 10, 100, 1000, 10000],
                 tv_weight=[0, 10, 100, 1000, 10000], lr=0.1, lr_decay_epoch=30, epochs=40)


def layers(folder):
    """With the chapter's content weight, which is too small to see much of the content layers, and a larger one."""
    every = [f'conv{block}_1' for block in range(1, 6)]
    return sweep(folder, content_layers=[[name] for name in ('conv1_2', 'conv2_2', 'conv3_4', 'conv4_4', 'conv5_1')],
                 style_layers=[*([name] for name in every), every[:3], every], content_weight=[1, 30], **SHORT)


def styles(folder):
    names = ['painted_hills', 'river_in_dots', 'woodblock_wave', 'stained_glass', 'ink_mountains']
    return sweep(folder, style=names, style_scale=[0.25, 0.5, 1, 2, 4], **SHORT)


def time(folder):
    """How the picture comes to be: each learning rate is one run, of which some moments are kept."""
    found = [moment for lr in (0.003, 0.01, 0.03, 0.1, 0.3, 1) for moment in _moments(lr)]
    table = pd.DataFrame([row for row, _ in found]).drop(columns='curves')
    table = table.sort_values(['epochs', 'lr'], ignore_index=True)
    return Swept(table, ('epochs', 'lr'), folder, {row['key']: (row, png) for row, png in found})


def _moments(lr):
    """(row, PNG) of each moment of a run with the chapter's schedule, as a sweep has them."""
    net = FeatureNet(load_backbone())
    X, contents_Y = get_contents(read_image('mountain_lake'), SHAPE, net)
    _, styles_Y = get_styles(read_image('painted_hills'), SHAPE, net)
    pictures, steps = {0: _png(X)}, []
    # one epoch more: the losses of a step are those of the picture that it started from
    for step in train_steps(X, contents_Y, styles_Y, net, lr, MOMENTS[-1] + 1, 200):
        steps.append(step)
        if step.epoch + 1 in MOMENTS:
            pictures[step.epoch + 1] = _png(step.X)
    for epoch, png in pictures.items():
        step, weights = steps[epoch], Weights()
        losses = {'content all layers': step.content_loss / weights.content,
                  'style all layers': step.style_loss / weights.style, 'TV': step.tv_l / weights.tv}
        settings = {**asdict(Cell(lr=lr, lr_decay_epoch=200, image_shape=SHAPE)), 'epochs': epoch}
        yield {**settings, 'key': f'{lr}-{epoch}', **losses, 'error': '', 'curves': curves_of(steps)}, png


def _png(X):
    buffer = io.BytesIO()
    Image.fromarray(img_as_ubyte(postprocess(X).asnumpy())).save(buffer, format='png')
    return buffer.getvalue()


# {name: what makes it, the question above it, where it starts, the quality of its pictures}
GRIDS = {
    'weights': (weights, 'Which slider brings the mountain back?', {}, 70),
    'layers': (layers, 'Which layer sees strokes, and which only colours?', {}, 70),
    'styles': (styles, 'How large are the strokes?', {}, 70),
    'time': (time, 'When is the picture done?', {'epochs': 0}, 70)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('names', nargs='*', default=list(GRIDS), metavar='name', help=', '.join(GRIDS))
    parser.add_argument('--folder', type=Path, default=ROOT / 'build' / 'grids', help='what is computed is kept here')
    args = parser.parse_args()
    for name in args.names:
        make, title, start, quality = GRIDS[name]
        table = as_table(make(args.folder / name), title=title, start=start, quality=quality)
        file = ROOT / 'd2l_style' / 'grids' / f'{name}.json'
        file.write_text(table, encoding='utf-8')
        print(f'{name}: {len(table) / 1e6:.2f} MB')


if __name__ == '__main__':
    main()
