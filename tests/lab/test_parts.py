from d2l_style.lab.parts import LogSlider


def test_a_log_slider_keeps_slider_and_box_together():
    weight = LogSlider('style weight', 1e3, 10, 1e5)
    weight.slider.value = 2 * 10 ** 3.3
    assert weight.slider.value == 2 * 10 ** 3.3  # not pulled back under the user's hand
    assert weight.value == weight.box.value == 3990  # three digits, as a person would say it
    weight.box.value = 123456
    assert weight.value == 123456
    assert weight.slider.value == 1e5
    weight.slider.value = 10  # the leftmost place is 0
    assert weight.value == weight.box.value == 0
    weight.back.click()
    assert weight.value == weight.box.value == weight.slider.value == 1000


def test_a_log_slider_without_a_zero_ends_at_its_lowest_value():
    rate = LogSlider('learning rate', 0.1, 1e-3, 1, zero=False)
    rate.slider.value = 1e-3
    assert rate.value == 1e-3
    rate.disabled = True
    assert rate.box.disabled and rate.slider.disabled and rate.back.disabled
