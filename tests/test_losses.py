from d2l_style import Weights, compute_loss, content_loss, extract_features, gram, style_loss, tv_loss
from d2l_style.fast.compiled import TransferLoss

import numpy as np
import pytest
from mxnet import autograd, nd


def random(*shape):
    return nd.array(np.random.RandomState(sum(shape)).normal(size=shape))


def test_content_loss_is_the_mean_squared_difference():
    A, B = random(1, 3, 4, 5), random(1, 3, 5, 4).reshape((1, 3, 4, 5))
    assert content_loss(A, B).asscalar() == pytest.approx(((A.asnumpy() - B.asnumpy()) ** 2).mean(), rel=1e-5)
    assert content_loss(A, A).asscalar() == 0


def test_gram_is_symmetric_and_scaled_by_its_size():
    X = random(1, 6, 4, 5)
    flat = X.asnumpy().reshape(6, 20)
    G = gram(X).asnumpy()
    assert np.allclose(G, flat @ flat.T / (6 * 20), rtol=1e-4, atol=1e-6)
    assert np.allclose(G, G.T)


def test_gram_of_constant_channels_has_a_closed_form():
    X = nd.ones((1, 2, 3, 3)) * nd.array([1, 2]).reshape((1, 2, 1, 1))
    assert gram(X).asnumpy() == pytest.approx(np.array([[1, 2], [2, 4]]) / 2)


def test_gram_forgets_where_things_are():
    X = random(1, 4, 6, 6)
    shuffled = nd.array(X.asnumpy()[:, :, ::-1, np.random.RandomState(0).permutation(6)])
    assert np.allclose(gram(X).asnumpy(), gram(shuffled).asnumpy(), atol=1e-6)


def test_style_loss_compares_gram_matrices():
    A, B = random(1, 4, 3, 3), random(1, 4, 5, 5)
    expected = ((gram(A).asnumpy() - gram(B).asnumpy()) ** 2).mean()
    assert style_loss(A, gram(B)).asscalar() == pytest.approx(expected, rel=1e-4)
    assert style_loss(A, gram(A)).asscalar() == 0


def test_tv_loss_of_a_ramp_has_a_closed_form():
    ramp = nd.array(np.tile(np.arange(5.0) * 2, (1, 3, 4, 1)))  # 2 from one column to the next, rows equal
    assert tv_loss(ramp).asscalar() == pytest.approx(0.5 * 2)
    assert tv_loss(nd.ones((1, 3, 4, 5))).asscalar() == 0


def test_compute_loss_weighs_every_layer_and_adds_up():
    X = random(1, 3, 8, 8)
    contents, targets = [random(1, 2, 3, 3), random(1, 2, 4, 4)], [nd.zeros((1, 2, 3, 3)), nd.zeros((1, 2, 4, 4))]
    styles, grams = [random(1, 3, 4, 4)], [nd.eye(3)]
    contents_l, styles_l, tv_l, l = compute_loss(X, contents, styles, targets, grams, (2, 30, 5))
    assert [c.asscalar() for c in contents_l] == \
        pytest.approx([2 * content_loss(a, b).asscalar() for a, b in zip(contents, targets)])
    assert styles_l[0].asscalar() == pytest.approx(30 * style_loss(styles[0], grams[0]).asscalar())
    assert tv_l.asscalar() == pytest.approx(5 * tv_loss(X).asscalar())
    assert l.asscalar() == pytest.approx(sum(part.asscalar() for part in (*contents_l, *styles_l, tv_l)), rel=1e-6)


def test_the_gradient_agrees_with_finite_differences(job):
    X, contents_Y, styles_Y, net = job
    net.cast('float64')
    X = X.astype('float64') + nd.array(np.random.RandomState(2).normal(0, 0.1, X.shape), dtype='float64')
    contents_Y = [Y.astype('float64') for Y in contents_Y]
    grams = [gram(Y.astype('float64')) for Y in styles_Y]

    def total(Z):
        return compute_loss(Z, *extract_features(Z, net), contents_Y, grams)[3]

    X.attach_grad()
    with autograd.record():
        l = total(X)
    l.backward()
    rng = np.random.RandomState(3)
    for _ in range(5):
        direction = nd.array(rng.normal(size=X.shape), dtype='float64')
        step = 1e-6
        slope = (total(X + step * direction) - total(X - step * direction)).asscalar() / (2 * step)
        assert (X.grad * direction).sum().asscalar() == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize('value', [-1, float('nan'), float('inf'), 'much', None])
def test_weights_refuse_what_is_no_weight_and_keep_the_old_value(value):
    weights = Weights()
    with pytest.raises(ValueError, match='the style weight is .* 0 or more'):
        weights.style = value
    assert weights == Weights(1, 1e3, 10)
    with pytest.raises(ValueError, match='tv weight'):
        Weights(tv=value)


def test_each_style_layer_may_have_a_factor_of_its_own(job):
    X, contents_Y, styles_Y, net = job
    grams = [gram(Y) for Y in styles_Y]
    outputs = X, *extract_features(X, net), contents_Y, grams
    plain = [l.asscalar() for l in compute_loss(*outputs)[1]]
    factors = (0, 1, 2, 0.5, 10)
    weighted = [l.asscalar() for l in compute_loss(*outputs, Weights(layers=factors))[1]]
    assert weighted == pytest.approx([factor * l for factor, l in zip(factors, plain)])
    compiled = TransferLoss(net, contents_Y, grams)(X, Weights(layers=factors))[1].asnumpy()
    assert compiled[1:-1] == pytest.approx(weighted, rel=1e-4)


def test_factors_have_to_fit_the_style_layers():
    with pytest.raises(ValueError, match='5 style layers and 2 factors'):
        Weights(layers=(1, 2)).style_layers(5)
    for layers in ((1, -1), (1, 'a'), 'all', None):
        with pytest.raises(ValueError, match='style layer weight is'):
            Weights(layers=layers)


def test_weights_refuse_names_that_do_not_exist():
    with pytest.raises(AttributeError, match='choose content, style, tv or layers'):
        Weights().styles = 3
