from d2l_style import DivergedError, Weights
from d2l_style.lab import transfer
from d2l_style.lab.training_thread import Worker

import threading
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from ..waiting import wait_for
from .conftest import SMALL, trained


def lab_threads():
    return [thread for thread in threading.enumerate() if thread.name == 'style lab']


def test_it_runs_in_a_thread_and_stops_after_the_epochs_asked_for(worker):
    assert worker.state == 'ready'
    worker.run()
    assert worker.training
    assert worker.wait()
    assert (worker.state, len(worker.history)) == ('finished', 20)
    worker.run()  # there is nothing left to do, and it says what to do about it
    assert worker.wait()
    assert 'raise' in worker.message
    worker.stop_after = 25
    worker.run()
    assert worker.wait()
    assert len(worker.history) == 25


def test_pause_step_and_go_on_are_one_run(worker):
    trained(worker, 1)
    assert worker.state == 'paused'
    trained(worker, 2)
    worker.run()
    worker.pause()
    assert worker.wait()
    assert worker.state == 'paused'
    assert len(worker.parts) == 1
    assert [step.epoch for step in worker.history] == list(range(len(worker.history)))


def test_weights_and_learning_rate_count_from_the_next_epoch_on(worker):
    trained(worker, 2)
    trained(worker, 2, weights=Weights(tv=0), lr=0.05)
    assert [(step.weights.tv, step.lr) for step in worker.history] == [(10, 0.1)] * 2 + [(0, 0.05)] * 2
    assert len(worker.parts) == 1


@pytest.mark.parametrize('change', [
    {'style_layers': ('conv1_1',)}, {'content_layers': ('conv2_1', 'conv3_1')}, {'style': 'cat'},
    {'optimiser': 'L-BFGS'}, {'lr_decay_epoch': 3}])
def test_other_changes_begin_a_part_from_the_current_picture(worker, change):
    trained(worker, 3)
    before = worker.X
    trained(worker, 1, **change)
    assert len(worker.parts) == 2
    assert worker.parts[1].settings.start == 'current'
    assert (before == worker.transfer.X).asnumpy().all()


def test_another_size_goes_on_from_the_picture_at_that_size(worker):
    trained(worker, 3)
    trained(worker, 1, image_shape=(64, 48))
    assert worker.X.shape == (1, 3, 48, 64)
    assert len(worker.history) == 4


def test_the_learning_rate_that_falls_is_seen_in_the_settings(worker):
    trained(worker, 6, lr_decay_epoch=2)
    assert [step.lr for step in worker.history] == [0.1] * 3 + [0.01] * 2 + [0.001]  # as a person writes it
    assert worker.settings.lr == worker.used().lr == 0.001
    assert not worker.parts[0].changes


def test_reset_shows_the_start_and_a_run_right_after_it_begins_there(worker):
    trained(worker, 3)
    worker.reset()
    worker.run(2)
    assert worker.wait()
    assert len(worker.history) == 2
    worker.settings = replace(worker.settings, start='noise')
    worker.reset()
    assert worker.wait()
    assert worker.state == 'ready'
    assert not worker.history
    assert worker.X.asnumpy().std() == pytest.approx(1, abs=0.05)


def test_a_reset_to_the_current_picture_keeps_it_and_its_recipe(worker):
    trained(worker, 3)
    before = worker.X
    worker.settings = replace(worker.settings, start='current')
    worker.reset()
    assert worker.wait()
    assert (before == worker.X).asnumpy().all()
    trained(worker, 1)
    assert [part.epochs for part in worker.parts] == [3, 1]
    assert len(worker.history) == 1


def test_a_moment_can_be_gone_back_to(worker):
    trained(worker, 3)
    moment = worker.moment()
    trained(worker, 3, style_layers=('conv1_1',))
    worker.settings = moment.settings
    worker.restore(moment)
    assert worker.wait()
    assert (worker.X == moment.X).asnumpy().all()
    assert len(worker.history) == 3
    trained(worker, 2)
    assert [part.epochs for part in worker.parts] == [3, 2]
    assert moment.picture().dtype == 'uint8'


def test_a_loss_that_overflows_is_told_and_the_picture_is_kept(worker):
    trained(worker, 3)
    trained(worker, 3, lr=1e30)
    assert worker.state == 'failed'
    assert 'lower the learning rate' in worker.message
    assert np.isfinite(worker.X.asnumpy()).all()
    assert sum(part.epochs for part in worker.parts) == len(worker.history) <= 3
    trained(worker, 2, lr=0.1)
    assert worker.state == 'paused'
    assert np.isfinite(worker.history[-1].total_loss)


def test_a_picture_whose_losses_were_not_finite_is_not_kept(worker, monkeypatch):
    trained(worker, 3)
    good = worker.transfer.X

    def diverge():
        raise DivergedError(3, good)
        yield
    worker._steps = diverge()
    trained(worker, 1)
    assert worker.state == 'failed'
    assert (good == worker.X).asnumpy().all()
    assert sum(part.epochs for part in worker.parts) == len(worker.history) == 2


@pytest.mark.parametrize('change', [{'backbone': 'vgg19'}, {'content': 'not there'}, {'content_layers': ('conv9',)}])
def test_settings_that_cannot_be_used_leave_the_picture_as_it_is(worker, change, monkeypatch, tmp_path):
    monkeypatch.setenv('MXNET_HOME', str(tmp_path))
    trained(worker, 3)
    before, wanted = worker.X, worker.settings
    trained(worker, 1, **change)
    assert worker.state == 'failed'
    assert worker.message
    assert worker.X is before
    worker.settings = wanted
    trained(worker, 1)
    assert (worker.state, len(worker.history)) == ('paused', 4)


def test_lbfgs_that_has_arrived_says_so(worker, monkeypatch):
    real = transfer.train_fast_steps
    monkeypatch.setattr(transfer, 'train_fast_steps', lambda *args, **kwargs: islice(real(*args, **kwargs), 3))
    trained(worker, 5, optimiser='L-BFGS')
    assert (worker.state, len(worker.history)) == ('finished', 3)
    assert 'arrived' in worker.message
    trained(worker, 2, weights=Weights(tv=0))  # with other weights it goes on
    assert (worker.state, len(worker.history)) == ('paused', 5)
    assert [part.epochs for part in worker.parts] == [3, 2]


def test_a_watcher_that_fails_does_not_end_the_run(pictures):
    def fail(worker):
        raise RuntimeError('no such view')
    worker = Worker(SMALL, pictures, fail)
    trained(worker, 3)
    assert len(worker.history) == 3
    assert 'no such view' in worker.trace
    worker.close()


def test_two_at_once_do_not_disturb_each_other(worker, pictures):
    other = Worker(replace(SMALL, style='cat'), pictures, lambda worker: None)
    other.stop_after = 20
    other.run()
    worker.run()
    assert worker.wait() and other.wait()
    other.close()
    alone = trained(Worker(SMALL, pictures, lambda worker: None), 20)
    assert (alone.X == worker.X).asnumpy().all()
    assert not (other.X == worker.X).asnumpy().all()
    alone.close()


def test_close_ends_the_thread_in_the_middle_of_a_run(pictures):
    before = len(lab_threads())
    worker = Worker(SMALL, pictures, lambda worker: None)
    worker.stop_after = 10**6
    worker.run()
    wait_for(lambda: worker.history)
    assert len(lab_threads()) == before + 1
    assert worker.close()
    assert len(lab_threads()) == before
    epochs = len(worker.history)
    worker.run()  # nothing happens any more
    assert worker.wait()
    assert len(worker.history) == epochs
