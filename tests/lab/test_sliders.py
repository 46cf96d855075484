from d2l_style.lab.sliders import Number, Pair, even_places, log_places

import pytest


def style_weight():
    return Pair('style weight', 1e3, log_places(10, 1e5, 41), 0, 1e6)


def learning_rate():
    return Pair('learning rate', 0.1, log_places(1e-3, 1, 31, zero=False), 1e-6, 10)


def drag(pair, number):
    """Leave the slider at the place that has this number."""
    pair.slider.value = pair.places.index(number)


def shown(pair):
    return pair.places[pair.slider.value]


def test_a_pair_keeps_slider_and_box_together():
    weight = style_weight()
    drag(weight, 3980)  # three digits, as a person would say it
    assert weight.value == weight.number.box.value == 3980
    weight.number.box.value = 123456
    assert weight.value == 123456
    assert shown(weight) == 1e5
    drag(weight, 0)
    assert weight.value == weight.number.box.value == 0
    weight.back.click()
    assert weight.value == weight.number.box.value == shown(weight) == 1000


def test_a_slider_goes_on_from_the_nearest_place():
    weight = style_weight()
    weight.number.box.value = 300
    assert (weight.value, shown(weight)) == (300, 316)
    drag(weight, 398)
    assert weight.value == 398
    drag(weight, 316)
    assert weight.value == weight.number.box.value == 316


def test_nothing_but_zero_is_shown_as_zero():
    weight = style_weight()
    weight.number.box.value = 0.01
    assert shown(weight) == 12.6
    drag(weight, 0)
    assert weight.value == 0


def test_a_pair_without_a_zero_ends_at_its_lowest_value():
    rate = learning_rate()
    rate.slider.value = 0
    assert rate.value == 1e-3
    rate.disabled = True
    assert rate.number.box.disabled and rate.slider.disabled and rate.back.disabled


def test_even_places_are_the_numbers_that_people_write():
    assert even_places(0.3, 0.1) == [0, 0.1, 0.2, 0.3]


@pytest.mark.parametrize(('typed', 'allowed'), [(-3, '0 to 1e6'), (1e12, '0 to 1e6'),
                                                (float('nan'), '0 to 1e6')])
def test_a_number_that_is_not_allowed_is_answered_with_what_is(typed, allowed):
    weight = style_weight()
    number = weight.number
    number.box.value = typed
    assert weight.value == number.box.value == 1000
    assert f'Allowed: {allowed}. It stays at 1000.' in number.note.value
    number.box.value = 2000
    assert (weight.value, number.note.value) == (2000, '')
    number.box.value = -1
    weight.back.click()
    assert (weight.value, number.note.value) == (1000, '')
    number.box.value = -1
    drag(weight, 2000)
    assert number.note.value == ''


def test_a_learning_rate_of_a_thousand_is_not_taken():
    rate = learning_rate()
    rate.number.box.value = 1000
    assert rate.value == 0.1
    assert 'Allowed: 1e-6 to 10. It stays at 0.1.' in rate.number.note.value


@pytest.mark.parametrize('typed', [0, 2.5])
def test_a_whole_number_says_its_limits_too(typed):
    epochs = Number(500, 1, 100_000, whole=True)
    epochs.box.value = typed
    assert epochs.value == epochs.box.value == 500
    assert 'Allowed: whole numbers from 1 to 100\u202f000.' in epochs.note.value


def test_a_slider_tells_what_turning_it_did_and_forgets_it():
    weight = style_weight()
    weight.tell('')
    assert len(weight.children) == 2  # there is nothing to tell
    weight.tell('style loss −12 %')
    assert weight.children[2].value == 'style loss −12 %'
    weight.tell('')
    assert weight.children[2].value == ''
