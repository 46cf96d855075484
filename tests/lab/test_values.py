"""A number that is set is the one that counts, to its last digit, however it was set and wherever it is read."""
from d2l_style import Weights
from d2l_style.lab.digits import written
from d2l_style.lab.files import png_with_settings, settings_in_png
from d2l_style.lab.recipe import Part, Settings, as_code
from d2l_style.lab.snapshots import describe
from d2l_style.lab.training_thread import Moment

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import upload

HOW = st.lists(st.tuples(st.sampled_from(['typed', 'dragged', 'stepped', 'loaded', 'default']), st.floats(0, 1)),
               min_size=1, max_size=6)
NAMES = 'content', 'style', 'tv', 'style_scale', 'lr', 'lr_decay_epoch', 'stop_after'
# a lab lasts for all examples: each goes on from the values of the one before, as a person does
often = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def pairs(lab):
    controls = {**lab.weights.sliders, 'style_scale': lab.weights.scale, 'lr': lab.training.lr,
                'lr_decay_epoch': lab.training.decay, 'stop_after': lab.training.stop}
    return {name: controls[name] for name in NAMES}


def number_for(pair, share):
    """A number that the box of `pair` takes, as a person types it or not."""
    low, high = pair.number.lowest, pair.number.highest
    value = low + share * (high - low)
    return round(value) if pair.number.whole else min(max(value, low), high)


def echo(widget):
    """Have the browser send back what it has got, as it does when it draws a control."""
    widget.value = json.loads(json.dumps(widget.value))


def do(pair, how, share, load):
    """Set `pair` in one of the ways, and return the value that this asks for."""
    place = round(share * (len(pair.places) - 1))
    wanted = number_for(pair, share)
    if how == 'typed':
        pair.number.box.value = wanted
    elif how == 'loaded':
        load(wanted)
    elif how == 'default':
        pair.back.click()
        wanted = pair.default
    else:
        place = min(pair.slider.value + 1, pair.slider.max) if how == 'stepped' else place
        wanted = pair.places[place] if place != pair.slider.value else pair.value
        pair.slider.value = place
    for widget in (pair.slider, pair.number.box):
        echo(widget)
    return wanted


def value_in(wanted, name):
    return getattr(wanted.weights if name in ('content', 'style', 'tv') else wanted, name)


def with_value(now, name, value):
    if name in ('content', 'style', 'tv'):
        return replace(now, weights=replace(now.weights, **{name: value}))
    return replace(now, **{name: value})


def readings(lab, name):
    """The value wherever the lab keeps it: box, worker, recipe, PNG, code."""
    yield pairs(lab)[name].number.box.value
    if name == 'stop_after':
        yield lab.worker.stop_after
        return
    now = lab.worker.settings
    yield value_in(now, name)
    parts = (Part(now, 10**6, {1: (now.lr, now.weights)}),)
    (stored,) = settings_in_png(png_with_settings(np.zeros((4, 6, 3), 'uint8'), parts))
    yield from (value_in(stored.settings, name), value_in(stored.last(), name))
    yield code_value(as_code(parts), name)


def code_value(code, name):
    """The value that the code of a run gives to `get_styles` or to `train`, without training."""
    asked = {}

    def styles(*_, style_scale=1):
        asked['style_scale'] = style_scale
        return None, None

    def train(X, contents, styles, net, lr, epochs, decay, weights, changes):
        asked.update(lr=lr, lr_decay_epoch=decay if decay != epochs else 0, **vars(weights))
        assert changes[1] == (lr, weights)

    body = code.split('\n\n')[2]  # after the imports, before the picture is shown
    exec(body, {'Weights': Weights, 'FeatureNet': lambda *_: None, 'load_backbone': lambda _: None, 'train': train,
                'read_image': lambda _: None, 'get_contents': lambda *_: (None, None), 'get_styles': styles})
    return asked[name]


@pytest.mark.parametrize('name', NAMES)
def test_a_value_is_the_one_that_was_set_wherever_it_is_read(lab, name):
    def load(value):
        if name == 'stop_after':
            pairs(lab)[name].value = value
        else:
            parts = (Part(with_value(lab.worker.settings, name, value), 3),)
            lab.saving.load.value = upload('a.png', png_with_settings(np.zeros((4, 6, 3), 'uint8'), parts))

    @often
    @given(HOW)
    def holds(steps):
        pair = pairs(lab)[name]
        for how, share in steps:
            wanted = do(pair, how, share, load)
            assert pair.value == wanted
            assert set(readings(lab, name)) == {wanted}
            others = [other for other in pair.places if abs(other - wanted) < abs(pair.places[pair.slider.value]
                                                                                 - wanted)]
            assert set(others) <= {0}  # the slider is at the nearest place
    holds()
    assert lab.worker.wait()


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3))
def test_a_snapshot_says_the_weights_to_their_last_digit(numbers):
    weights = Weights(*numbers)
    text = describe(1, Moment(None, Settings(weights=weights), (), ()))
    assert ' / '.join(map(written, numbers)) in text
