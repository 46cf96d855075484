from d2l_style import (
    FeatureNet,
    Weights,
    compute_loss,
    extract_features,
    get_contents,
    get_inits,
    get_styles,
    gram,
    load_backbone,
    read_image,
    train_fast_steps,
    train_steps,
)
from d2l_style.fast.compiled import TransferLoss

import gc

import mxnet as mx
import pytest
from mxnet import autograd


@pytest.fixture
def targets(job):
    _, contents_Y, styles_Y, _ = job
    return contents_Y, [gram(Y) for Y in styles_Y]


def plain(X, targets, net, weights):
    """Losses and gradient by the chapter's functions, one call after the other."""
    X = X.copy()
    X.attach_grad()
    with autograd.record():
        contents_l, styles_l, tv_l, l = compute_loss(X, *extract_features(X, net), *targets, weights)
    l.backward()
    return l.asscalar(), [x.asscalar() for x in (*contents_l, *styles_l, tv_l)], X.grad.asnumpy()


@pytest.mark.parametrize('weights', [Weights(), Weights(3, 20, 0), Weights(0, 5e4, 100)], ids=str)
def test_losses_and_gradient_equal_those_of_the_chapters_functions(job, targets, weights):
    net = job[3]
    loss = TransferLoss(net, *targets)
    for step in train_steps(*job, 0.1, 12):  # pictures that a training meets
        l, losses, gradient = plain(step.X, targets, net, weights)
        ours_l, ours_losses, ours_gradient = loss.gradient(step.X.copy(), weights)
        assert ours_l.asscalar() == pytest.approx(l, rel=1e-4)
        assert ours_losses.asnumpy() == pytest.approx(losses, rel=1e-4)
        assert abs(ours_gradient.asnumpy() - gradient).max() < 1e-4 * abs(gradient).max()


@pytest.mark.parametrize('content_layers', ['conv4_4', ['conv1_1', 'conv4_1']], ids=str)
def test_so_they_do_with_heads(net_with_heads, pretrained_net, content_img, style_img, content_layers):
    net = FeatureNet(pretrained_net, content_layers)
    X, contents_Y = get_contents(content_img, (48, 32), net)
    _, styles_Y = get_styles(style_img, (48, 32), net)
    targets = contents_Y, [gram(Y) for Y in styles_Y]
    X = X + 0.1
    l, losses, gradient = plain(X, targets, net, Weights())
    ours_l, ours_losses, ours_gradient = TransferLoss(net, *targets).gradient(X, Weights())
    assert ours_l.asscalar() == pytest.approx(l, rel=1e-4)
    assert ours_losses.asnumpy() == pytest.approx(losses, rel=1e-4)
    assert abs(ours_gradient.asnumpy() - gradient).max() < 1e-4 * abs(gradient).max()


def test_a_loss_leaves_nothing_in_the_registries_of_mxnet(net_with_heads, content_img, style_img):
    def registered():
        return sum(len(names) for names in mx.registry._REGISTRY.values())
    X, contents_Y = get_contents(content_img, (48, 32), net_with_heads)
    _, styles_Y = get_styles(style_img, (48, 32), net_with_heads)
    before = registered()
    for _ in range(2):
        TransferLoss(net_with_heads, contents_Y, [gram(Y) for Y in styles_Y])(X, Weights())
        FeatureNet(net_with_heads.body)
    assert registered() == before


def test_weights_may_change_from_call_to_call(job, targets):
    loss = TransferLoss(job[3], *targets)
    X = job[0] + 0.1
    first, second = (loss(X, Weights(tv=tv))[1].asnumpy() for tv in (10, 30))
    assert second[-1] == pytest.approx(3 * first[-1])
    assert (second[:-1] == first[:-1]).all()


def test_a_compiled_training_is_the_plain_one():
    """Adam on the compiled losses, beside the plain loop, over 50 epochs of the bundled network."""
    net, shape = FeatureNet(load_backbone()), (96, 64)
    X, contents_Y = get_contents(read_image('mountain_lake'), shape, net)
    _, styles_Y = get_styles(read_image('painted_hills'), shape, net)
    Z, styles_Y_gram, trainer = get_inits(X, X.context, 0.01, styles_Y)
    loss = TransferLoss(net, contents_Y, styles_Y_gram)
    for step in train_steps(X, contents_Y, styles_Y, net, 0.01, 50):
        with autograd.record():
            l, losses = loss(Z, Weights())
        l.backward()
        trainer.step(1)
        assert losses.asnumpy().sum() == pytest.approx(step.total_loss, rel=1e-4)


def test_a_fast_training_that_is_over_keeps_no_graph(job, content_img, style_img):
    def graphs():
        gc.collect()
        return sum(type(found).__name__ == 'CachedOp' for found in gc.get_objects())

    def begin(epochs):
        return train_fast_steps(content_img, style_img, (48, 32), job[3], max_epochs=epochs)

    steps = begin(5)
    next(steps)
    during = graphs()
    steps.close()  # who stops before the end
    after = graphs()
    assert after < during
    assert [step.epoch for step in begin(2)] == [0, 1]
    assert graphs() == after
