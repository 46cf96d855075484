from d2l_style import DivergedError, Weights, preprocess, train_fast, train_fast_steps, train_steps
from d2l_style.fast import train as module
from d2l_style.fast.train import at_size, sizes

import _thread
import signal

import numpy as np
import pytest
from mxnet import nd

SHAPE = (48, 32)


@pytest.fixture
def pair(content_img, style_img, net):
    """The first arguments of `train_fast`, for the same small job as `job`."""
    return content_img, style_img, SHAPE, net


def test_it_reaches_the_loss_of_the_chapters_training_in_a_fraction_of_its_epochs(job, pair):
    slow = [step.total_loss for step in train_steps(*job, 0.01, 150, 60)][-1]
    quick = [step.total_loss for step in train_fast_steps(*pair, max_epochs=30, tolerance=0)]
    assert min(quick) < slow


def test_losses_are_those_of_the_plain_training(job, pair):
    plain, quick = next(train_steps(*job)), next(train_fast_steps(*pair))
    assert [quick.content_loss, *quick.styles_l, quick.tv_l] == pytest.approx(
        [plain.content_loss, *plain.styles_l, plain.tv_l], rel=1e-4, abs=1e-6)
    for step in train_fast_steps(*pair, max_epochs=12):
        best = step
    again = next(train_steps(best.X.copy(), *job[1:]))
    assert min(step.total_loss for step in train_fast_steps(*pair, max_epochs=12)) == pytest.approx(
        again.total_loss, rel=1e-4)


def test_a_step_tells_what_happened(pair):
    steps = list(train_fast_steps(*pair, max_epochs=3, weights=(1, 1000, 2)))
    assert [step.epoch for step in steps] == [0, 1, 2]
    assert steps[0].weights == Weights(tv=2)
    assert steps[0].lr is None
    assert steps[0].X.shape == (1, 3, 32, 48)
    assert all(step.seconds > 0 for step in steps)


def test_weights_are_read_once(pair):
    weights = Weights()
    for step in train_fast_steps(*pair, max_epochs=3, weights=weights):
        weights.tv = 0
        assert step.weights.tv == 10


def test_changes_start_anew_from_the_best_picture_with_other_weights(pair):
    changes = {}
    for step in train_fast_steps(*pair, max_epochs=8, tolerance=0, changes=changes):
        assert step.weights == (Weights(tv=0) if step.epoch > 3 else Weights())
        if step.epoch == 3:
            changes[4], before = Weights(tv=0), step
        if step.epoch == 4:  # the best picture, measured with the new weights
            assert step.tv_l == 0
            assert step.style_loss < before.style_loss * 1.01
    again = train_fast(*pair, max_epochs=8, tolerance=0, changes=changes, progress=False)
    assert (again == step.X).asnumpy().all()


def test_sizes_double_up_to_the_one_asked_for():
    assert sizes((225, 150)) == [(225, 150)]
    assert sizes((450, 300)) == [(225, 150), (450, 300)]
    assert sizes((1801, 1200)) == [(225, 150), (450, 300), (900, 600), (1801, 1200)]
    assert sizes((1801, 1200), coarse_epochs=0) == [(1801, 1200)]


def test_coarse_sizes_come_first(content_img, style_img, net, monkeypatch):
    monkeypatch.setattr(module, 'COARSEST', 16)
    steps = list(train_fast_steps(content_img, style_img, (50, 34), net, max_epochs=3, coarse_epochs=2))
    assert [step.X.shape[2:] for step in steps] == [(17, 25)] * 2 + [(34, 50)] * 3
    assert [step.epoch for step in steps] == [0, 1, 2, 3, 4]


def test_a_size_is_left_when_nothing_is_gained_any_more(pair):
    epochs = [sum(1 for _ in train_fast_steps(*pair, max_epochs=200, tolerance=t)) for t in (0.5, 0.05)]
    assert epochs[0] < epochs[1] < 200


def test_the_start_may_be_of_any_size(pair, content_img):
    noise = nd.random.normal(shape=(1, 3, 40, 20))
    assert train_fast(*pair, max_epochs=2, X=noise, progress=False).shape == (1, 3, 32, 48)
    start = preprocess(content_img, SHAPE) + 0.5
    kept = start.asnumpy()
    first = next(train_fast_steps(*pair, X=start))
    assert first.content_loss > 0
    assert (start.asnumpy() == kept).all()
    assert first.X.asnumpy() == pytest.approx(kept, abs=1e-5)


def test_another_size_keeps_the_details_of_the_content_image(content_img):
    small, large = (preprocess(content_img, shape) for shape in ((24, 16), (90, 60)))
    assert at_size(small, content_img, (90, 60)).asnumpy() == pytest.approx(large.asnumpy(), abs=1e-5)
    assert at_size(small + 0.5, content_img, (90, 60)).asnumpy() == pytest.approx(large.asnumpy() + 0.5, abs=1e-5)


def test_large_pictures_are_cut_into_tiles_with_the_same_result(content_img, style_img, net, monkeypatch):
    job = content_img, style_img, (200, 130), net
    whole = [step.total_loss for step in train_fast_steps(*job, max_epochs=4)]
    monkeypatch.setattr(module, 'TILED_ABOVE', 1000)
    monkeypatch.setattr(module.TiledLoss.__init__, '__defaults__', (0, 64))
    assert [step.total_loss for step in train_fast_steps(*job, max_epochs=4)] == pytest.approx(whole, rel=1e-3)


def test_the_size_of_the_style_counts_at_every_size_also_in_tiles(content_img, style_img, net, monkeypatch):
    def losses(scale):
        steps = train_fast_steps(content_img, style_img, (96, 64), net, 2, style_scale=scale)
        return np.array([step.styles_l for step in steps])
    whole, usual = losses(0.5), losses(1)
    assert not np.allclose(whole, usual, rtol=0.05)
    monkeypatch.setattr(module, 'TILED_ABOVE', 0)
    assert np.allclose(losses(0.5)[0], whole[0], rtol=1e-3)


def test_it_prints_a_line_for_each_size(content_img, style_img, net, monkeypatch, capsys):
    monkeypatch.setattr(module, 'COARSEST', 16)
    history = []
    train_fast(content_img, style_img, SHAPE, net, 3, 2, progress=False, history=history)
    printed = capsys.readouterr()
    assert [line[:16] for line in printed.out.splitlines()] == ['24×16: epoch   1', '48×32: epoch   4']
    assert all(part in printed.out for part in ('content loss', 'style loss', 'TV loss', 'sec'))
    assert len(history) == 5
    assert printed.err == ''


def test_it_shows_a_progress_bar_unless_told_not_to(pair, capsys, monkeypatch):
    monkeypatch.delenv('TQDM_DISABLE', raising=False)
    train_fast(*pair, max_epochs=2)
    assert '2/2' in capsys.readouterr().err


@pytest.mark.parametrize('turn', [0, 4])
def test_an_interrupt_returns_the_picture_so_far(pair, capsys, monkeypatch, turn):
    measured = []

    def interrupted(self, *arguments):
        measured.append(None)
        if len(measured) > turn:
            _thread.interrupt_main()
        return gradient(self, *arguments)

    gradient = module.TransferLoss.gradient
    monkeypatch.setattr(module.TransferLoss, 'gradient', interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        X = train_fast(*pair, max_epochs=500, progress=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 'interrupted' in capsys.readouterr().out
    assert X.shape == (1, 3, 32, 48)
    assert np.isfinite(X.asnumpy()).all()


def test_a_loss_that_overflows_keeps_the_last_good_picture(pair, content_img):
    with pytest.raises(DivergedError, match='lower the learning rate') as error:
        train_fast(*pair, weights=Weights(style=1e300), progress=False)
    assert error.value.image.asnumpy() == pytest.approx(preprocess(content_img, SHAPE).asnumpy(), abs=1e-5)


@pytest.mark.parametrize('settings', [
    {'max_epochs': 0}, {'max_epochs': 1.5}, {'coarse_epochs': -1}, {'tolerance': 1}, {'tolerance': 'x'},
    {'tolerance': float('nan')}])
def test_settings_that_make_no_sense_are_refused_at_once(pair, settings):
    (name, value), = settings.items()
    with pytest.raises(ValueError, match=f'{name} is {value!r}: give'):
        train_fast_steps(*pair, **settings)
    with pytest.raises(ValueError, match='shape'):
        train_fast_steps(*pair, X=nd.zeros((3, 32, 48)))
