"""Compute the explorer's grids that come with the package, d2l_style/grids/: `make grids`, 40 minutes on one core.

    python tools/explorer/grids.py [--only weights layers styles time] [--folder build/grids]

All with the bundled pictures and network, at the chapter's 225 × 150 pixels. What is computed is kept in the folder, so
that a run that was stopped goes on. 60 epochs with a learning rate of 0.1, a hundredth of it at the end, come to losses
below those of the chapter's 500; only `time` takes the chapter's epochs.
"""
from d2l_style import FeatureNet, get_contents, get_styles, load_backbone, postprocess, read_image, train_steps
from d2l_style.beyond.sweep import Cell, Swept, curves_of, sweep
from d2l_style.lab.explorer import GRIDS, as_table
from d2l_style.losses import Weights, compute_loss, gram

import argparse
import io
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from PIL import Image
from skimage.util import img_as_ubyte

ROOT = Path(__file__).parents[2]
SHORT = {'lr': 0.1, 'lr_decay_epoch': 45, 'epochs': 60}
MOMENTS = [0, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500]


def weights(folder):
    """From where nothing happens to where it breaks, the chapter's 1, 1000 and 10 in between."""
    return sweep(folder, content_weight=[0, 1, 10, 30, 100, 1000], style_weight=[0, 1, 10, 100, 1000, 10000],
                 tv_weight=[0, 10, 100, 1000, 10000], **SHORT)


def layers(folder):
    every = [f'conv{block}_1' for block in range(1, 6)]
    return sweep(folder, content_layers=[[name] for name in ('conv1_2', 'conv2_2', 'conv3_4', 'conv4_4', 'conv5_1')],
                 style_layers=[*([name] for name in every), every[:3], every], **SHORT)


def styles(folder):
    names = ['painted_hills', 'river_in_dots', 'woodblock_wave', 'stained_glass', 'ink_mountains']
    return sweep(folder, style=names, style_scale=[0.25, 0.5, 1, 2, 4], **SHORT)


def time(folder):
    """Each learning rate is one run, of which some moments are kept."""
    rows, kept = [], {}
    for row, png in (found for lr in (0.003, 0.01, 0.03, 0.1, 0.3, 1) for found in _run(lr, folder)):
        rows.append({name: value for name, value in row.items() if name != 'curves'})
        kept[row['key']] = row, png
    table = pd.DataFrame(rows).sort_values(['epochs', 'lr'], ignore_index=True)
    return Swept(table, ('epochs', 'lr'), folder, kept)


def _run(lr, folder):
    """(row, PNG) of each moment of a run with the chapter's schedule."""
    net = FeatureNet(load_backbone())
    X, contents_Y = get_contents(read_image('mountain_lake'), (225, 150), net)
    _, styles_Y = get_styles(read_image('painted_hills'), (225, 150), net)
    found, steps, grams = [(0, _png(X))], [], [gram(Y) for Y in styles_Y]
    for step in train_steps(X, contents_Y, styles_Y, net, lr, 501, 200, weights=Weights()):
        steps.append(step)  # its losses are of the picture before it
        if step.epoch + 1 in MOMENTS:
            found.append((step.epoch + 1, _png(step.X)))
    at = {step.epoch: step for step in steps}
    print(f'learning rate {lr}: {len(found)} moments, {len(grams)} style layers')
    for epoch, png in found:
        step = at[epoch]
        weighted = step.content_loss, step.style_loss, step.tv_l
        losses = dict(zip(('content all', 'style all', 'TV'), (
            loss / weight for loss, weight in zip(weighted, (1, 1e3, 10)))))
        settings = {**asdict(Cell(lr=lr, lr_decay_epoch=200, image_shape=(225, 150))), 'epochs': epoch}
        yield {**settings, 'key': f'{lr}-{epoch}', **losses, 'error': '', 'curves': curves_of(steps)}, png


def _png(X):
    buffer = io.BytesIO()
    Image.fromarray(img_as_ubyte(postprocess(X).asnumpy())).save(buffer, format='png')
    return buffer.getvalue()
