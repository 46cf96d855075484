"""Regions: the style of a region is that of its own picture, and reaches nowhere else."""
from d2l_style import FeatureNet, Weights, extract_features, get_contents, get_styles, gram, style_loss, train_steps
from d2l_style.beyond.regions import RegionNet, get_region_styles

import numpy as np
import pytest
from mxnet import autograd, nd

from ..conftest import SHAPE

WIDTH, HEIGHT = SHAPE


def half(side):
    mask = np.zeros((HEIGHT, WIDTH))
    mask[:, :WIDTH // 2] = 1
    return mask if side == 'left' else 1 - mask


def test_one_region_that_is_everything_is_the_chapters_style(net, job):
    X, *_ = job
    contents, styles = extract_features(X, RegionNet(net, [np.ones((HEIGHT, WIDTH))]))
    wanted_contents, wanted_styles = extract_features(X, net)
    assert all((a == b).asnumpy().all() for a, b in zip(contents, wanted_contents))
    assert all(np.allclose(gram(a).asnumpy(), gram(b).asnumpy(), rtol=1e-4, atol=1e-7)
               for a, b in zip(styles, wanted_styles))


def test_the_gram_matrix_of_a_region_is_that_of_its_pixels(pretrained_net, content_img):
    net = FeatureNet(pretrained_net, [2], [0])
    X, _ = get_contents(content_img, SHAPE, net)
    _, (left, right) = extract_features(X, RegionNet(net, [half('left'), half('right')]))
    _, (features,) = extract_features(X, net)
    for found, part in ((left, features[:, :, :, :WIDTH // 2]), (right, features[:, :, :, WIDTH // 2:])):
        assert np.allclose(gram(found).asnumpy(), gram(part).asnumpy(), rtol=1e-3)


def test_a_region_pulls_at_its_own_pixels_only(pretrained_net, content_img):
    net = FeatureNet(pretrained_net, [2], [0])
    X, _ = get_contents(content_img, SHAPE, net)
    regions = RegionNet(net, [half('left'), half('right')])
    X.attach_grad()
    with autograd.record():
        l = style_loss(extract_features(X, regions)[1][0], nd.zeros((4, 4)))
    l.backward()
    assert abs(X.grad[:, :, :, :WIDTH // 2]).sum() > 0
    assert abs(X.grad[:, :, :, WIDTH // 2 + 1:]).sum() == 0  # the convolution looks one pixel further


def test_it_trains_and_every_region_comes_nearer_to_its_style(net, content_img, style_img):
    regions = RegionNet(net, [half('left'), half('right')])
    X, contents_Y = get_contents(content_img, SHAPE, regions)
    targets = get_region_styles([style_img, content_img], SHAPE, regions)
    assert len(targets) == len(regions.style_layers) == 2 * len(net.style_layers)
    steps = list(train_steps(X, contents_Y, targets, regions, 0.05, 15, weights=Weights(content=0, tv=0)))
    assert steps[-1].style_loss < 0.7 * steps[0].style_loss
    assert len(steps[0].styles_l) == 10


def test_masks_fit_pictures_of_any_size(net, content_img):
    regions = RegionNet(net, nd.array(np.stack([half('left'), half('right')])))
    X, contents = get_contents(content_img, (64, 48), regions)
    assert contents[0].shape == extract_features(X, net)[0][0].shape


@pytest.mark.parametrize(('masks', 'words'), [
    ([], 'at least one'), ([np.ones(5)], 'height, width'), ([np.ones((4, 4)), np.ones((4, 5))], 'one shape'),
    ([np.zeros((4, 4))], 'mask 0'), ([np.ones((4, 4)), np.full((4, 4), 2.0)], 'mask 1'),
    ([np.full((4, 4), np.nan)], 'mask 0'), ([-np.ones((4, 4))], 'from -1 to -1')])
def test_masks_that_make_no_sense_are_refused(net, masks, words):
    with pytest.raises(ValueError, match=words):
        RegionNet(net, masks)


def test_there_is_a_style_for_each_region(net, style_img):
    regions = RegionNet(net, [half('left'), half('right')])
    with pytest.raises(ValueError, match='2 regions and 1 style pictures'):
        get_region_styles([style_img], SHAPE, regions)
    assert get_styles(style_img, SHAPE, net)[1][0].shape == get_region_styles([style_img] * 2, SHAPE, regions)[0].shape
