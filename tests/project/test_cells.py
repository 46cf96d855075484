"""What the chapter defines stands in a cell, is used there, and is what the package has."""
import d2l_style
from d2l_style import FeatureNet, Weights, read_image, train_steps

import re
from pathlib import Path

import mxnet as mx
import nbformat
import numpy as np
import pytest
from mxnet import autograd, gluon, image, init, nd
from mxnet.gluon import nn

NOTEBOOKS = Path(__file__).resolve().parents[2] / 'notebooks'
CHAPTER = {'01_pictures': ['preprocess', 'postprocess'],
           '02_features': ['extract_features', 'get_contents', 'get_styles'],
           '03_losses': ['content_loss', 'gram', 'style_loss', 'tv_loss', 'compute_loss'],
           '04_training': ['GeneratedImage', 'get_inits', 'train']}
SHAPE = (48, 32)


def cells(name):
    """The cells of a notebook that define what the package has too: {name: source}, in their order."""
    notebook = nbformat.read(NOTEBOOKS / f'{name}.ipynb', as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == 'code' and '#@save' in cell.source]
    return {found: source for source in sources
            for found in re.findall(r'^(?:def|class) (\w+).*#@save$', source, re.MULTILINE)}


def run(name, **given):
    """What these cells define, with the variables `given` lying around in the notebook."""
    space = {'nd': nd, 'image': image, 'nn': nn, 'autograd': autograd, 'gluon': gluon, 'init': init,
             'time': __import__('time'), **given}
    for source in dict.fromkeys(cells(name).values()):
        exec(source, space)
    return space


@pytest.fixture
def features(net_with_heads, pretrained_net, content_img, style_img):
    """Notebook 2's cells on a small network with heads."""
    seq = nn.Sequential()
    for i in range(29):
        seq.add(pretrained_net[i])
    return run('02_features', net=seq, heads=pretrained_net.heads, content_layers=[25], style_layers=[0, 5, 10, 19, 28],
               content_img=content_img, style_img=style_img, preprocess=d2l_style.preprocess)


def same(ours, theirs):
    return all(np.allclose(a.asnumpy(), b.asnumpy(), rtol=1e-4, atol=1e-5) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize('name', CHAPTER)
def test_the_functions_of_the_chapter_stand_in_cells_in_its_order(name):
    assert list(cells(name)) == CHAPTER[name]
    assert all(len(source.splitlines()) <= 15 for source in cells(name).values())


def test_pictures(content_img):
    space, img = run('01_pictures'), content_img
    large = nd.array(np.random.RandomState(0).randint(0, 256, (300, 400, 3)), dtype='uint8')  # is averaged
    X, averaged = space['preprocess'](img, SHAPE), space['preprocess'](large, SHAPE)
    assert same([X, averaged], [d2l_style.preprocess(img, SHAPE), d2l_style.preprocess(large, SHAPE)])
    assert same([space['postprocess'](X * 3)], [d2l_style.postprocess(X * 3)])


def test_features(features, net_with_heads, content_img, style_img):
    content_X, contents_Y = features['get_contents'](SHAPE, mx.cpu())
    style_X, styles_Y = features['get_styles'](SHAPE, mx.cpu())
    assert same([content_X, *contents_Y], [*d2l_style.get_contents(content_img, SHAPE, net_with_heads)[:1],
                                           *d2l_style.get_contents(content_img, SHAPE, net_with_heads)[1]])
    assert same([style_X, *styles_Y], [*d2l_style.get_styles(style_img, SHAPE, net_with_heads)[:1],
                                       *d2l_style.get_styles(style_img, SHAPE, net_with_heads)[1]])


def test_losses(job):
    X, contents_Y, styles_Y, net = job
    space, noisy = run('03_losses'), X + nd.random.normal(0, 0.2, X.shape)
    targets = contents_Y, [space['gram'](Y) for Y in styles_Y]
    ours = space['compute_loss'](noisy, *d2l_style.extract_features(noisy, net), *targets)
    theirs = d2l_style.compute_loss(noisy, *d2l_style.extract_features(noisy, net), *targets, Weights())
    assert same([*ours[0], *ours[1], *ours[2:]], [*theirs[0], *theirs[1], *theirs[2:]])


def trained(job, **changed):
    """Five epochs of notebook 4's loop, with some of its variables changed."""
    X, contents_Y, styles_Y, net = job
    given = {'net': net, 'gram': d2l_style.gram, 'extract_features': d2l_style.extract_features,
             'compute_loss': d2l_style.compute_loss, 'watch': lambda *_, **__: None, **changed}
    return run('04_training', **given)['train'](X, contents_Y, styles_Y, net.ctx, 0.02, 5, 3)


def test_training(job):
    package = d2l_style.train(*job, 0.02, 5, 3, progress=False)
    assert abs(trained(job) - package).max().asscalar() < 1e-4


def test_whoever_changes_a_cell_sees_another_picture(job):
    space = run('03_losses')
    space['gram'] = d2l_style.gram  # the cell's rounds differently, and Adam makes a whole step of a gradient near 0
    before = trained(job, compute_loss=space['compute_loss'])
    assert abs(before - trained(job)).max().asscalar() < 1e-4
    space['tv_loss'] = lambda X: 100 * X.square().mean()
    assert abs(before - trained(job, compute_loss=space['compute_loss'])).max().asscalar() > 1e-2
    *_, step = train_steps(*job, 0.02, 5, 3, compute_loss=space['compute_loss'])
    assert abs(before - step.X).max().asscalar() > 1e-2


def test_the_bundled_network_is_that_of_the_cells():
    pretrained_net = d2l_style.load_backbone()
    seq = nn.Sequential()
    for layer in pretrained_net:
        seq.add(layer)
    space = run('02_features', net=seq, heads=pretrained_net.heads)
    X = d2l_style.preprocess(read_image('mountain_lake'), SHAPE)
    ours = space['extract_features'](X, [25], [0, 5, 10, 19, 28])
    theirs = d2l_style.extract_features(X, FeatureNet(pretrained_net))
    assert same([*ours[0], *ours[1]], [*theirs[0], *theirs[1]])
