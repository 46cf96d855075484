from d2l_style.lab import pace
from d2l_style.lab.pace import EVERY, INTERVAL, PATIENCE, Pace

from types import SimpleNamespace

import pytest


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on when the test says so: `clock.now`, in seconds."""
    clock = SimpleNamespace(now=1000)
    monkeypatch.setattr(pace, 'time', SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def send(steps, clock):
    clock.now += 10 * INTERVAL
    assert steps.ready()
    steps.sent()


def test_pictures_keep_their_distance_and_come_faster_while_something_is_turned(clock):
    steps = Pace()
    assert steps.ready()
    steps.sent()
    assert not steps.ready()
    slow = steps.interval
    steps.turned()
    assert steps.interval < slow
    clock.now += INTERVAL
    assert steps.ready()


def test_nothing_is_sent_before_the_browser_has_shown_the_last_number(clock):
    steps = Pace()
    for _ in range(EVERY):
        send(steps, clock)
    assert steps.waiting
    clock.now += 10 * INTERVAL
    assert not steps.ready()
    steps.back.value = steps.out.value  # what the browser answers
    assert steps.ready()


def test_a_browser_that_is_gone_is_tried_again(clock):
    steps = Pace()
    for _ in range(EVERY):
        send(steps, clock)
    lost = steps.out.value
    clock.now += PATIENCE
    assert steps.ready()
    steps.sent()
    assert steps.out.value != lost
    steps.back.value = steps.out.value
    assert not steps.waiting
