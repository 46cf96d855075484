from d2l_style import FeatureNet, Weights, extract_features, gram
from d2l_style.fast.compiled import TransferLoss
from d2l_style.fast.tiles import GRID, TiledLoss, cut, view

import numpy as np
import pytest
from mxnet import autograd, nd

from ..systems import WINDOWS


def noise(width, height, seed):
    return nd.array(np.random.RandomState(seed).normal(size=(1, 3, height, width)))


@pytest.mark.slow
@pytest.mark.parametrize(('kind', 'width', 'height'), [
    ('net', 333, 271), ('net_with_heads', 320, 160), ('net_with_heads', 97, 700)])  # without heads, and with them
def test_tiles_give_the_losses_and_the_gradient_of_the_whole_picture(kind, width, height, request):
    net = request.getfixturevalue(kind)
    content_X, style_X, X = (noise(width, height, seed) for seed in range(3))
    contents_Y, _ = extract_features(content_X, net)
    grams = [gram(Y) for Y in extract_features(style_X, net)[1]]
    whole = TransferLoss(net, contents_Y, grams)
    tiled = TiledLoss(net, content_X, style_X, side=64)
    for weights in (Weights(), Weights(tv=0), Weights(content=50, style=10, tv=1), Weights(layers=(0, 1, 5, 2, 0.1))):
        l, losses, gradient = whole.gradient(X, weights)
        tiled_l, tiled_losses, tiled_gradient = tiled.gradient(X, weights)
        assert tiled_l.asscalar() == pytest.approx(l.asscalar(), rel=1e-4)
        # MXNet 1.7 sums otherwise; a loss of 4e-5 is a small difference of large numbers
        close = pytest.approx(losses.asnumpy(), rel=2e-4 if WINDOWS else 1e-4, abs=1e-8)
        assert tiled_losses.asnumpy() == close
        assert abs(tiled_gradient - gradient).max().asscalar() < 1e-4 * abs(gradient).max().asscalar()


def test_a_margin_too_narrow_would_show(net):
    content_X, style_X, X = (noise(320, 160, seed) for seed in range(3))
    exact, narrow = (TiledLoss(net, content_X, style_X, side=64) for _ in range(2))
    narrow.margin = GRID
    difference = exact.gradient(X, Weights())[2] - narrow.gradient(X, Weights())[2]
    assert abs(difference).max().asscalar() > 1e-4 * abs(exact.gradient(X, Weights())[2]).max().asscalar()


def test_the_margin_is_as_far_as_the_deepest_layer_sees(pretrained_net):
    for content_layer, style_layer in ((5, 0), (25, 28)):
        net = FeatureNet(pretrained_net, [content_layer], [style_layer])
        last = net.layers[-1]
        X = noise(480, 480, 0)
        X.attach_grad()
        with autograd.record():
            Y = net(X)[-1]
            strides, margin = view(net)
            k = 256 // strides[last]
            l = Y[:, :, k, k].sum()
        l.backward()
        rows = np.flatnonzero(abs(X.grad.asnumpy()).sum((0, 1, 3)))
        reach = max(256 - rows.min(), rows.max() - 255 - (strides[last] - 1))
        assert margin - GRID < reach <= margin


def test_cores_cover_every_pixel_once():
    covered = np.zeros((300, 437), int)
    for tile in cut(300, 437, 64, 96):
        top, bottom, left, right = tile.core
        covered[top:bottom, left:right] += 1
        assert top % GRID == left % GRID == 0
        assert min(bottom - top, right - left) >= 32
    assert (covered == 1).all()


@pytest.mark.parametrize('side', [0, -64, 100])
def test_sides_off_the_grid_are_refused(net, side):
    with pytest.raises(ValueError, match='multiple of 32'):
        TiledLoss(net, noise(96, 96, 0), noise(96, 96, 1), side=side)
