"""Variations: each does what its paper says, measured without a training where that can be."""
from d2l_style import (
    FeatureNet,
    find_backbone,
    get_contents,
    get_styles,
    gram,
    load_backbone,
    postprocess,
    preprocess,
    train_steps,
)
from d2l_style.beyond.variations import (
    average_pooling,
    blend_styles,
    keep_colours,
    luminance,
    match_colours,
    noise,
    random_backbone,
)

import mxnet as mx
import numpy as np
import pytest
from mxnet import nd

from ..conftest import SHAPE


def test_noise_is_normal_of_the_size_asked_for_and_its_seeds():
    X = noise((40, 30), seed=3)
    assert X.shape == (1, 3, 30, 40) and X.dtype == np.float32
    assert abs(X.mean().asscalar()) < 0.05 and abs(X.asnumpy().std() - 1) < 0.05
    assert (noise((40, 30), seed=3) == X).asnumpy().all() and not (noise((40, 30), seed=4) == X).asnumpy().all()
    with pytest.raises(ValueError, match='at least 16'):
        noise((40, 3))


def test_average_pooling_takes_means_and_keeps_everything_else(pretrained_net):
    averaged = average_pooling(pretrained_net)
    assert len(averaged) == len(pretrained_net)
    assert all(old is new for old, new in zip(pretrained_net, averaged) if not isinstance(old, mx.gluon.nn.MaxPool2D))
    X = nd.random.normal(shape=(1, 3, 32, 48))
    before = pretrained_net[:4](X)
    wanted = before.reshape((1, 4, 16, 2, 24, 2)).mean(axis=(3, 5))
    assert np.allclose(averaged[4](before).asnumpy(), wanted.asnumpy(), atol=1e-6)


@pytest.mark.parametrize('size', [(32, 48), (33, 47)])
def test_average_pooling_gives_the_shapes_of_the_network(size):
    features = find_backbone('squeezenet1_1').layers()
    features.initialize()
    X = nd.zeros((1, 3, *size))
    assert average_pooling(features)(X).shape == features(X).shape


def test_a_network_with_averages_can_be_cut_and_trained(pretrained_net, content_img, style_img):
    net = FeatureNet(average_pooling(pretrained_net))
    X, contents_Y = get_contents(content_img, SHAPE, net)
    _, styles_Y = get_styles(style_img, SHAPE, net)
    steps = [step.total_loss for step in train_steps(X, contents_Y, styles_Y, net, 0.05, 10)]
    assert steps[-1] < steps[0]


def test_a_random_backbone_keeps_the_variance_and_is_frozen():
    trained, untrained = load_backbone(), random_backbone(seed=2)
    assert len(untrained) == len(trained)
    shapes = [[p.shape for p in net.collect_params().values()] for net in (trained, untrained)]
    assert shapes[0] == shapes[1]
    assert all(p.grad_req == 'null' for p in untrained.collect_params().values())
    X = noise((64, 64))
    deviations = [untrained[:i + 1](X).asnumpy().std() for i in (2, 10, 19, 28)]
    assert min(deviations) > 0.2 and max(deviations) < 5
    same, other = random_backbone(seed=2), random_backbone(seed=3)
    assert (same(X) == untrained(X)).asnumpy().all() and not (other(X) == untrained(X)).asnumpy().all()
    with pytest.raises(ValueError, match='choose one of'):
        random_backbone('vgg99')


def test_matched_colours_have_mean_and_covariance_of_the_reference():
    rng = np.random.RandomState(0)
    img, reference = (nd.array(rng.normal(size=(50, 60, 3)) @ rng.normal(0, 8, (3, 3)) + 128, dtype='uint8')
                      for _ in range(2))
    matched = match_colours(img, reference).asnumpy().reshape(-1, 3).astype(float)
    wanted = reference.asnumpy().reshape(-1, 3).astype(float)
    assert np.allclose(matched.mean(0), wanted.mean(0), atol=0.5)
    assert np.allclose(np.cov(matched.T), np.cov(wanted.T), atol=0.05 * np.cov(wanted.T).max())


def test_colours_of_a_grey_or_flat_picture_are_no_trouble(content_img):
    flat = nd.full((20, 30, 3), 90, dtype='uint8')
    assert match_colours(flat, content_img).shape == flat.shape
    back = match_colours(content_img, flat).asnumpy()
    assert abs(back.astype(int) - 90).max() <= 3


def test_luminance_is_grey_and_keeps_the_weighted_sum(content_img):
    grey = luminance(content_img).asnumpy()
    assert grey.dtype == np.uint8 and (grey[..., 0] == grey[..., 1]).all() and (grey[..., 0] == grey[..., 2]).all()
    assert abs(grey[..., 0] - content_img.asnumpy() @ [0.299, 0.587, 0.114]).max() <= 1


def test_kept_colours_take_light_from_one_picture_and_colour_from_the_other(content_img, style_img):
    content, style = (postprocess(preprocess(img, SHAPE)) for img in (content_img, style_img))
    assert np.allclose(keep_colours(content, content).asnumpy(), content.asnumpy(), atol=1e-3)
    muted = 0.5 + 0.2 * (content - 0.5)  # far from the corners of the cube, so that nothing is clipped
    mixed = keep_colours(0.5 + 0.2 * (style - 0.5), muted).asnumpy()
    light = np.array([0.299, 0.587, 0.114])
    assert np.allclose(mixed @ light, (0.5 + 0.2 * (style - 0.5)).asnumpy() @ light, atol=2e-3)
    difference = mixed - muted.asnumpy()
    assert abs(difference - difference.mean(axis=2, keepdims=True)).max() < 5e-3
    with pytest.raises(ValueError, match='one size'):
        keep_colours(content, content[:10])


@pytest.mark.parametrize('shares', [(1, 0), (1, 1), (3, 1)])
def test_blended_styles_have_the_mean_of_the_gram_matrices(net, content_img, style_img, shares):
    _, one = get_styles(style_img, SHAPE, net)
    _, other = get_styles(content_img, (64, 48), net)
    for mixed, a, b in zip(blend_styles([one, other], shares), one, other):
        wanted = (shares[0] * gram(a) + shares[1] * gram(b)) / sum(shares)
        assert np.allclose(gram(mixed).asnumpy(), wanted.asnumpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize('shares', [(1,), (1, 2, 3), (0, 0), (-1, 2), (float('nan'), 1)])
def test_shares_that_make_no_sense_are_refused(net, style_img, shares):
    _, style = get_styles(style_img, SHAPE, net)
    with pytest.raises(ValueError, match='a number of at least 0 for each of the 2 styles'):
        blend_styles([style, style], shares)
