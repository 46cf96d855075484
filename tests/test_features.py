from d2l_style import FeatureNet, extract_features, get_contents, get_styles, preprocess

import numpy as np
import pytest


def test_names_and_indices_mean_the_same_layers(pretrained_net):
    by_index = FeatureNet(pretrained_net, [25], [0, 5, 10, 19, 28])
    by_name = FeatureNet(pretrained_net, 'conv4_4', [f'conv{k}_1' for k in range(1, 6)])
    assert by_index.content_layers == by_name.content_layers == [25]
    assert by_index.style_layers == by_name.style_layers == [0, 5, 10, 19, 28]


def test_the_network_ends_after_the_last_layer_needed(pretrained_net):
    assert len(FeatureNet(pretrained_net, ['relu2_1'], ['conv1_1']).body) == 7


def test_one_pass_gives_what_a_walk_through_the_layers_gives(pretrained_net, content_img):
    net = FeatureNet(pretrained_net, [4, 25], [0, 4, 28])
    X = preprocess(content_img, (48, 32))
    contents, styles = extract_features(X, net)
    outputs, Y = {}, X
    for i, layer in enumerate(pretrained_net):
        Y = layer(Y)
        outputs[i] = Y.asnumpy()
    for i, Y in zip([4, 25, 0, 4, 28], contents + styles):
        assert np.allclose(Y.asnumpy(), outputs[i], rtol=1e-4, atol=1e-5)


def test_contents_and_styles_come_with_their_pictures(net, content_img, style_img):
    content_X, contents_Y = get_contents(content_img, (48, 32), net)
    style_X, styles_Y = get_styles(style_img, (64, 32), net)
    assert content_X.shape == (1, 3, 32, 48)
    assert [Y.shape for Y in contents_Y] == [(1, 8, 4, 6)]
    assert style_X.shape == (1, 3, 32, 64)
    assert [Y.shape for Y in styles_Y] == [(1, 4, 32, 64), (1, 4, 16, 32), (1, 8, 8, 16), (1, 8, 4, 8), (1, 8, 2, 4)]


@pytest.mark.parametrize('scale', [0.5, 1, 1.7])
def test_the_style_picture_may_be_larger_than_the_content_picture(net, style_img, scale):
    style_X, styles_Y = get_styles(style_img, (90, 60), net, scale)
    width, height = round(90 * scale), round(60 * scale)
    assert style_X.shape == (1, 3, height, width)
    expected = extract_features(preprocess(style_img, (width, height)), net)[1]
    assert all((wanted == Y).asnumpy().all() for Y, wanted in zip(styles_Y, expected))


@pytest.mark.parametrize('scale', [0, -1, 0.2, 5, float('nan'), '2', None])
def test_a_style_scale_that_makes_no_sense_is_refused(net, style_img, scale):
    with pytest.raises(ValueError, match=r'style_scale is .*from 0.25 to 4'):
        get_styles(style_img, (90, 60), net, scale)


def test_a_style_layer_is_seen_through_its_head(net_with_heads, pretrained_net, content_img):
    X = preprocess(content_img, (48, 32))
    contents, styles = extract_features(X, net_with_heads)
    assert [Y.shape[1] for Y in styles] == [4, 4, 8, 8, 8]
    conv4_4 = pretrained_net[:26](X).asnumpy()  # has none
    assert np.allclose(contents[0].asnumpy(), conv4_4, rtol=1e-4, atol=1e-5)
    for i, found in zip(net_with_heads.style_layers, styles):
        Y = pretrained_net[:i + 1](X).asnumpy()
        conv = pretrained_net.heads[i][-1]
        weight, bias = conv.weight.data().asnumpy()[..., 0, 0], conv.bias.data().asnumpy()
        expected = np.einsum('Cc,nchw->nChw', weight, np.maximum(Y, 0) if i > 10 else Y) + bias.reshape(1, -1, 1, 1)
        assert np.allclose(found.asnumpy(), expected, rtol=1e-4, atol=1e-5)


def test_features_know_their_layers(net, content_img, style_img):
    assert get_contents(content_img, (48, 32), net)[1].layers == ['conv4_4']
    assert get_styles(style_img, (48, 32), net)[1].layers == [f'conv{i}_1' for i in range(1, 6)]


def test_a_layer_says_the_same_as_content_and_as_style(net_with_heads, pretrained_net, content_img):
    net = FeatureNet(pretrained_net, ['conv2_1', 'conv4_1'], ['conv2_1', 'conv4_1'])
    contents, styles = extract_features(preprocess(content_img, (48, 32)), net)
    assert all((a == b).asnumpy().all() for a, b in zip(contents, styles))


@pytest.mark.parametrize('layers', [['conv9_9'], [99], [-1], [2.5], [True], [None], 2.5])
def test_unknown_layers_name_the_allowed_ones(pretrained_net, layers):
    with pytest.raises(ValueError, match='no style layer.*0 to 36.*conv1_1'):
        FeatureNet(pretrained_net, [25], layers)


def test_at_least_one_layer_of_each_kind_is_needed(pretrained_net):
    with pytest.raises(ValueError, match='no content layer'):
        FeatureNet(pretrained_net, [], [0])
    with pytest.raises(ValueError, match='no style layer'):
        FeatureNet(pretrained_net, [25], [])
