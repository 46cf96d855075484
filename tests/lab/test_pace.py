from d2l_style.lab import pace
from d2l_style.lab.pace import EVERY, INTERVAL, Pace

import time


def send(steps):
    steps._last -= 10 * INTERVAL
    assert steps.ready()
    steps.sent()


def test_pictures_keep_their_distance_and_come_faster_while_something_is_turned():
    steps = Pace()
    assert steps.ready()
    steps.sent()
    assert not steps.ready()
    slow = steps.interval
    steps.turned()
    assert steps.interval < slow
    time.sleep(INTERVAL)
    assert steps.ready()


def test_nothing_is_sent_before_the_browser_has_shown_the_last_number():
    steps = Pace()
    for _ in range(EVERY):
        send(steps)
    assert steps.waiting
    steps._last -= 10 * INTERVAL
    assert not steps.ready()
    steps.back.value = steps.out.value  # what the browser answers
    assert steps.ready()


def test_a_browser_that_is_gone_is_tried_again(monkeypatch):
    monkeypatch.setattr(pace, 'PATIENCE', 0.1)
    steps = Pace()
    for _ in range(EVERY):
        send(steps)
    lost = steps.out.value
    time.sleep(0.11)
    assert steps.ready()
    steps.sent()
    assert steps.out.value != lost
    steps.back.value = steps.out.value
    assert not steps.waiting
