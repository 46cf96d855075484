from d2l_style import (
    DivergedError,
    FeatureNet,
    Weights,
    extract_features,
    get_contents,
    get_inits,
    get_styles,
    losses,
    train,
    train_steps,
)

import _thread
import signal
import threading
from itertools import islice

import chapter as printed
import numpy as np
import pytest
from mxnet import nd

from .conftest import SHAPE


def chapter_losses(content_X, style_X, net, lr, epochs, decay):
    """Content, style and TV loss by the loop as the chapter prints it, which uses nothing of the package."""
    steps = printed.epochs(content_X, style_X, list(net.body), net.content_layers, net.style_layers, lr, decay)
    return np.array([[l.asscalar() for l in losses[:3]] for losses in islice(steps, epochs)])


def test_losses_equal_those_of_the_chapters_loop(job, style_img):
    ours = np.array([[s.content_loss, s.style_loss, s.tv_l] for s in train_steps(*job, 0.01, 30, 10)])
    style_X, _ = get_styles(style_img, SHAPE, job[3])
    theirs = chapter_losses(job[0], style_X, job[3], 0.01, 30, 10)
    # Adam makes a whole step of a gradient that is 0 but for rounding, so single losses drift a little
    assert ours.sum(axis=1) == pytest.approx(theirs.sum(axis=1), rel=1e-4)
    assert abs(ours - theirs).max(axis=1) == pytest.approx(0, abs=1e-4 * float(theirs.sum(axis=1).min()))


def test_two_runs_are_the_same(job):
    first, second = (train(*job, 0.01, 5, 3, progress=False).asnumpy() for _ in range(2))
    assert (first == second).all()


def test_the_loss_falls_and_the_start_stays_as_it_was(job):
    start = job[0].asnumpy()
    steps = [(step.total_loss, step.style_loss) for step in train_steps(*job, 0.05, 25)]
    assert steps[-1][0] < steps[0][0]
    assert steps[-1][1] < steps[0][1]
    assert (job[0].asnumpy() == start).all()


def test_a_step_tells_what_happened(job):
    step = next(train_steps(*job, 0.02, 1))
    assert (step.epoch, step.lr, step.weights) == (0, 0.02, Weights())
    assert len(step.contents_l) == 1
    assert len(step.styles_l) == 5
    assert step.content_loss == 0  # it starts from the content picture
    assert step.total_loss == pytest.approx(step.style_loss + step.tv_l)
    assert step.seconds > 0
    assert abs(step.X - job[0]).max().asscalar() == pytest.approx(0.02, rel=1e-3)  # Adam's first step


def test_the_learning_rate_is_divided_by_ten_after_the_chapters_epochs(job):
    rates = [step.lr for step in train_steps(*job, 0.01, 6, 2)]
    assert rates == pytest.approx([0.01, 0.01, 0.01, 1e-3, 1e-3, 1e-4])


def test_weights_can_be_changed_while_training_runs(job):
    weights = Weights()
    seen = []
    for step in train_steps(*job, max_epochs=3, weights=weights):
        seen.append((step.weights.tv, step.tv_l > 0))
        weights.tv = 0
    assert seen == [(10, True), (0, False), (0, False)]


@pytest.mark.parametrize('weights', [(2, 1e5, 3), [2, 1e5, 3], Weights(2, 1e5, 3)])
def test_weights_may_be_three_numbers(job, weights):
    assert [step.weights for step in train_steps(*job, max_epochs=2, weights=weights)] == [Weights(2, 1e5, 3)] * 2
    with pytest.raises(ValueError, match='the tv weight is -3'):
        train(*job, weights=(2, 1e5, -3))


def test_changes_are_used_from_their_epoch_on_and_may_come_while_training_runs(job):
    changes = {2: (0.02, Weights(tv=0))}
    seen = []
    for step in train_steps(*job, max_epochs=5, changes=changes):
        seen.append((step.lr, step.weights))
        if step.epoch == 2:
            changes[4] = 0.03, Weights(style=5)
    assert seen == [(0.01, Weights())] * 2 + [(0.02, Weights(tv=0))] * 2 + [(0.03, Weights(style=5))]
    again = train(*job, max_epochs=5, changes=changes, progress=False)
    assert (again == step.X).asnumpy().all()


def test_a_learning_rate_that_changes_still_falls(job):
    rates = [step.lr for step in train_steps(*job, max_epochs=6, lr_decay_epoch=2, changes={1: (0.5, Weights())})]
    assert rates == pytest.approx([0.01, 0.5, 0.5, 0.05, 0.05, 0.005])


def test_get_inits_copies_the_start(job):
    X, _, styles_Y, _ = job
    composite, grams, trainer = get_inits(X, X.context, 0.3, styles_Y)
    assert (composite == X).asnumpy().all()
    assert composite is not X
    assert [G.shape for G in grams] == [(4, 4), (4, 4), (8, 8), (8, 8), (8, 8)]
    assert trainer.learning_rate == 0.3


def test_train_prints_the_chapters_lines(job, capsys):
    train(*job, 0.01, 101, 60, progress=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ['epoch  50', 'change lr', 'epoch 100']
    assert all(part in lines[0] for part in ('content loss', 'style loss', 'TV loss', 'sec'))
    assert lines[1] == 'change lr to 1.0e-03'


def test_train_shows_a_progress_bar_unless_told_not_to(job, capsys, monkeypatch):
    monkeypatch.delenv('TQDM_DISABLE', raising=False)
    train(*job, max_epochs=2)
    assert '2/2' in capsys.readouterr().err
    train(*job, max_epochs=2, progress=False)
    assert capsys.readouterr().err == ''


def test_an_interrupt_returns_the_picture_so_far(job, capsys):
    class Interrupting(Weights):
        """Presses the kernel's stop button while epoch 3 reads its weights."""
        reads = 0

        def __getattribute__(self, name):
            if name == 'content':
                Interrupting.reads += 1
                if Interrupting.reads == 4:
                    _thread.interrupt_main()
            return super().__getattribute__(name)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it
    try:
        composite = train(*job, max_epochs=500, weights=Interrupting(), progress=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 'interrupted after epoch' in capsys.readouterr().out
    assert composite.shape == job[0].shape
    assert np.isfinite(composite.asnumpy()).all()
    assert abs(composite - job[0]).max().asscalar() > 0


def test_a_loss_that_overflows_keeps_the_last_good_picture(job):
    weights = Weights()
    kept = None
    with pytest.raises(DivergedError, match='lower the learning rate') as error:  # noqa: PT012
        for step in train_steps(*job, max_epochs=10, weights=weights):
            if step.epoch == 2:
                weights.style = 1e300
                kept = step.X.asnumpy()
    assert np.isfinite(kept).all()
    assert abs(error.value.image.asnumpy() - kept).max() <= 0.0101  # at most the last step away


def test_a_first_loss_that_overflows_keeps_the_start(job):
    with pytest.raises(DivergedError) as error:
        train(*job, weights=Weights(style=1e300), progress=False)
    assert (error.value.image == job[0]).asnumpy().all()


def test_pixels_that_overflow_keep_the_last_good_picture(job):
    with pytest.raises(DivergedError) as error:
        train(*job, lr=1e39, progress=False)
    assert np.isfinite(error.value.image.asnumpy()).all()


def test_a_worker_thread_can_train_while_the_main_thread_is_free(job):
    seen, failure = [], []

    def work():
        try:
            seen.extend(step.total_loss for step in train_steps(*job, max_epochs=8))
        except Exception as error:
            failure.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    turns = 0
    while worker.is_alive():
        turns += 1
        worker.join(0.001)
    assert not failure
    assert turns > 1
    assert seen == [step.total_loss for step in train_steps(*job, max_epochs=8)]


@pytest.mark.parametrize('settings', [
    {'max_epochs': 0}, {'max_epochs': 2.5}, {'max_epochs': -3}, {'lr_decay_epoch': 0}, {'lr': 0},
    {'lr': float('nan')}, {'lr': '0.01'}])
def test_settings_that_make_no_sense_are_refused_at_once(job, settings):
    (name, value), = settings.items()
    with pytest.raises(ValueError, match=f'{name} is {value!r}: give'):
        train(*job, **settings)


def test_pictures_that_do_not_fit_are_refused(job, content_img):
    X, contents_Y, styles_Y, net = job
    with pytest.raises(ValueError, match='shape'):
        train(X[0], contents_Y, styles_Y, net)
    with pytest.raises(ValueError, match='infinite or NaN'):
        train(X * float('nan'), contents_Y, styles_Y, net)
    with pytest.raises(ValueError, match='contents_Y does not fit'):
        train(X, get_contents(content_img, (64, 48), net)[1], styles_Y, net, progress=False)
    with pytest.raises(ValueError, match='styles_Y does not fit net: it has 2 layers'):
        train(X, contents_Y, styles_Y[:2], net, progress=False)


def test_targets_of_another_layer_are_refused_even_of_the_same_shape(job, pretrained_net):
    X, contents_Y, styles_Y, _ = job
    other = FeatureNet(pretrained_net, 'conv4_3')
    with pytest.raises(ValueError, match=r'1 layers \(conv4_4\), and net looks at conv4_3: call get_contents'):
        train(X, contents_Y, styles_Y, other, progress=False)


def test_a_device_where_the_network_belongs_is_explained(job):
    X, contents_Y, styles_Y, net = job
    with pytest.raises(ValueError, match='net is cpu.*: give the FeatureNet here. The chapter has its network'):
        train(X, contents_Y, styles_Y, net.ctx, 0.01, 5, 3)


@pytest.mark.parametrize('name', ['tv_loss', 'content_loss', 'style_loss', 'gram', 'compute_loss'])
def test_whoever_replaces_a_loss_changes_the_training(job, monkeypatch, name):
    plain = train(*job, max_epochs=3, progress=False).asnumpy()
    before = getattr(losses, name)
    doubled = {'compute_loss': lambda *a: (*before(*a)[:3], before(*a)[3] + 500 * a[0].square().mean())}
    monkeypatch.setattr(losses, name, doubled.get(name, lambda *a: 50 * before(*a)))
    assert abs(train(*job, max_epochs=3, progress=False).asnumpy() - plain).max() > 1e-3


def test_a_loss_of_ones_own_is_what_is_trained_and_printed(job):
    def compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram):
        """The chapter's, with a squared TV loss."""
        contents_l, styles_l, _, _ = losses.compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram)
        tv_l = 1000 * (X[:, :, 1:] - X[:, :, :-1]).square().mean()
        return contents_l, styles_l, tv_l, nd.add_n(*contents_l, *styles_l) + tv_l

    history = []
    train(*job, max_epochs=4, compute_loss=compute_loss, progress=False, history=history)
    assert history[0].tv_l == pytest.approx(1000 * np.square(np.diff(job[0].asnumpy(), axis=2)).mean(), rel=1e-5)
    assert history[-1].tv_l < history[0].tv_l
    same = train(*job, max_epochs=4, compute_loss=losses.compute_loss, progress=False)
    assert (same == train(*job, max_epochs=4, progress=False)).asnumpy().all()


@pytest.mark.parametrize(('returned', 'said'), [
    (None, 'a NoneType'), (nd.zeros(1), r'an NDArray of shape \(1,\)'),
    (([], [], 0, 0), r'\(a list, a list, a int, a int\)'),
    (([nd.zeros(2)], [], nd.zeros(1), nd.zeros(1)), r'\(a list, a list')])
def test_a_loss_of_ones_own_that_returns_something_else_is_told_what_to_return(job, returned, said):
    with pytest.raises(ValueError, match=f'compute_loss returned {said}.*: return .contents_l, styles_l, tv_l, l.'):
        train(*job, max_epochs=1, compute_loss=lambda *_: returned, progress=False)


def test_the_learning_rate_may_fall_by_another_factor(job, capsys):
    assert [step.lr for step in train_steps(*job, 0.9, 5, 2, lr_decay=0.8)] == pytest.approx([0.9] * 3 + [0.72] * 2)
    train(*job, 0.9, 3, 2, lr_decay=0.8, progress=False)
    assert 'change lr to 7.2e-01' in capsys.readouterr().out
    with pytest.raises(ValueError, match='lr_decay is 2: give a factor above 0, at most 1'):
        train(*job, lr_decay=2)


def test_a_gram_of_ones_own_makes_the_targets_too(job):
    def gram(X):
        return 3 * losses.gram(X)

    def compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram):
        styles_l = [(gram(Y) - G).square().mean() for Y, G in zip(styles_Y_hat, styles_Y_gram)]
        return [], styles_l, nd.zeros(1), nd.add_n(*styles_l)

    history, own = [], (*job[:2], extract_features(job[0], job[3])[1], job[3])  # the style of the start itself
    train(*own, max_epochs=1, compute_loss=compute_loss, gram=gram, progress=False, history=history)
    train(*own, max_epochs=1, compute_loss=compute_loss, progress=False, history=history)
    assert history[0].style_loss == pytest.approx(0, abs=1e-9)
    assert history[1].style_loss > 1e-6


@pytest.mark.parametrize(('name', 'value', 'said'), [
    ('X', np.zeros((1, 3, 32, 48)), 'X is a ndarray: give a picture'),
    ('net', 'vgg19_slim', 'net is a str: give a FeatureNet'),
    ('contents_Y', None, 'contents_Y is a NoneType: give what get_contents returns second'),
    ('styles_Y', [np.zeros(3)] * 5, 'styles_Y is a list: give what get_styles returns second'),
    ('weights', {'style': 1}, r'weights is .*: give \(content, style, tv\)'),
    ('changes', {1: 0.1}, r'changes\[1\] is 0.1: give \(lr, Weights'),
    ('changes', [0.1], 'changes is a list: give')])
def test_what_is_no_argument_of_train_is_named(job, name, value, said):
    arguments = {**dict(zip(('X', 'contents_Y', 'styles_Y', 'net'), job)), name: value}
    with pytest.raises(ValueError, match=said):
        train(**arguments, max_epochs=1, progress=False)


def test_gram_matrices_are_no_style_features(job):
    X, contents_Y, styles_Y, net = job
    with pytest.raises(ValueError, match='styles_Y does not fit the style layers'):
        train(X, contents_Y, [losses.gram(Y) for Y in styles_Y], net, max_epochs=1)


def test_an_interrupt_before_the_first_epoch_returns_a_picture_of_its_own(job, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    X = train(*job, compute_loss=interrupted, progress=False)
    assert X is not job[0] and (job[0] == X).asnumpy().all()


@pytest.mark.parametrize('loss', [nd.ones(1), nd.array([2.5])])
def test_a_loss_without_a_gradient_is_told_what_to_do(job, loss):
    with pytest.raises(ValueError, match='has no gradient: compute it from its arguments'):
        train(*job, max_epochs=1, compute_loss=lambda *_: ([loss], [loss], loss, loss), progress=False)
