from d2l_style.lab.sliders import LogSlider, Number, plain

import pytest


def test_a_log_slider_keeps_slider_and_box_together():
    weight = LogSlider('style weight', 1e3, 10, 1e5)
    weight.slider.value = 2 * 10 ** 3.3
    assert weight.slider.value == 2 * 10 ** 3.3  # not pulled back under the user's hand
    assert weight.value == weight.number.box.value == 3990  # three digits, as a person would say it
    weight.number.box.value = 123456
    assert weight.value == 123456
    assert weight.slider.value == 1e5
    weight.slider.value = 10  # the leftmost place is 0
    assert weight.value == weight.number.box.value == 0
    weight.back.click()
    assert weight.value == weight.number.box.value == weight.slider.value == 1000


def test_a_log_slider_without_a_zero_ends_at_its_lowest_value():
    rate = LogSlider('learning rate', 0.1, 1e-3, 1, zero=False)
    rate.slider.value = 1e-3
    assert rate.value == 1e-3
    rate.disabled = True
    assert rate.number.box.disabled and rate.slider.disabled and rate.back.disabled


@pytest.mark.parametrize(('typed', 'allowed'), [(-3, '0 to 1,000,000'), (1e12, '0 to 1,000,000'),
                                                (float('nan'), '0 to 1,000,000')])
def test_a_number_that_is_not_allowed_is_answered_with_what_is(typed, allowed):
    weight = LogSlider('style weight', 1e3, 10, 1e5)
    number = weight.number
    number.box.value = typed
    assert weight.value == number.box.value == 1000
    assert f'Allowed: {allowed}. It stays at 1,000.' in number.note.value
    assert number.note.layout.display != 'none'
    number.box.value = 2000
    assert (weight.value, number.note.value, number.note.layout.display) == (2000, '', 'none')
    number.box.value = -1
    weight.back.click()
    assert (weight.value, number.note.value) == (1000, '')
    number.box.value = -1
    weight.slider.value = 10 ** 3.3
    assert number.note.value == ''


def test_a_learning_rate_of_a_thousand_is_not_taken():
    rate = LogSlider('learning rate', 0.1, 1e-3, 1, zero=False, most=10)
    rate.number.box.value = 1000
    assert rate.value == 0.1
    assert 'Allowed: 0.000001 to 10. It stays at 0.1.' in rate.number.note.value


def test_a_whole_number_says_its_limits_too():
    epochs = Number(500, 1, 100_000, whole=True)
    epochs.box.value = 0
    assert epochs.value == 500
    assert 'Allowed: 1 to 100,000.' in epochs.note.value


@pytest.mark.parametrize(('number', 'text'), [(1e6, '1,000,000'), (1e-6, '0.000001'), (0, '0'), (12.5, '12.5')])
def test_numbers_are_written_without_an_exponent(number, text):
    assert plain(number) == text


def test_a_slider_tells_what_turning_it_did_and_forgets_it():
    weight = LogSlider('style weight', 1e3, 10, 1e5)
    assert weight.effect.layout.display == 'none'
    weight.tell('style loss −12 %')
    assert (weight.effect.value, weight.effect.layout.display) == ('style loss −12 %', '')
    weight.tell('')
    assert weight.effect.layout.display == 'none'
