from d2l_style import load_backbone
from d2l_style.backbones import vgg_features
from d2l_style.layers import BORDERS, PaddedConv2D, set_borders

import numpy as np
import pytest
from mxnet import init, nd


@pytest.mark.parametrize(('borders', 'padding'), [('zeros', 'constant'), ('edge', 'edge'), ('reflect', 'reflect')])
def test_a_convolution_sees_what_was_chosen_beyond_the_border(pretrained_net, borders, padding):
    X = np.random.RandomState(1).normal(size=(1, 3, 8, 10)).astype('float32')
    conv = pretrained_net[0]
    weight, bias = conv.weight.data(), conv.bias.data()
    set_borders(pretrained_net, borders)
    padded = nd.array(np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)), mode=padding))
    expected = nd.Convolution(padded, weight, bias, kernel=(3, 3), num_filter=4)
    assert np.allclose(conv(nd.array(X)).asnumpy(), expected.asnumpy(), atol=1e-5)


def test_borders_can_be_set_again_and_change_nothing_inside(pretrained_net):
    X = nd.array(np.random.RandomState(1).normal(size=(1, 3, 64, 64)))
    first = pretrained_net[:6](X).asnumpy()
    outputs = {}
    for borders in ('edge', 'reflect', 'zeros'):
        set_borders(pretrained_net, borders)
        outputs[borders] = pretrained_net[:6](X).asnumpy()
        assert np.allclose(outputs[borders][:, :, 4:-4, 4:-4], first[:, :, 4:-4, 4:-4], atol=1e-6)
    assert np.array_equal(outputs['zeros'], first)
    assert not np.allclose(outputs['edge'], first)


def test_other_borders_name_those_there_are(pretrained_net):
    with pytest.raises(ValueError, match="borders is 'mirror': choose one of zeros, edge, reflect"):
        set_borders(pretrained_net, 'mirror')


def test_the_embedded_network_has_no_dark_edge_and_the_chapters_keeps_its_own():
    assert isinstance(load_backbone('vgg19_slim')[0], PaddedConv2D)
    assert not isinstance(load_backbone('vgg19_slim', borders='zeros')[0], PaddedConv2D)
    assert BORDERS[0] == 'zeros'
    fresh = vgg_features((4, 4, 8, 8, 8))
    fresh.initialize(init.Zero())
    assert not isinstance(fresh[0], PaddedConv2D)


def test_a_picture_of_one_colour_gives_features_of_one_colour():
    features = load_backbone('vgg19_slim')
    Y = features(nd.ones((1, 3, 64, 64)) * nd.array([0.5, -0.3, 0.2]).reshape((1, 3, 1, 1)))
    spread = Y.max(axis=(2, 3)) - Y.min(axis=(2, 3))
    assert spread.max().asscalar() < 1e-3  # no frame that an optimiser could paint against
