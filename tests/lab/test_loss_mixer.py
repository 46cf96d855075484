from d2l_style import extract_features, get_styles, gram, style_loss
from d2l_style.lab.digits import short
from d2l_style.lab.loss_mixer import mix, mix_losses

import re

import numpy as np
import pytest

from .conftest import controls, picture_of


def test_the_mixture_ends_at_both_pictures(job, style_img):
    X, _, _, net = job
    style_X, _ = get_styles(style_img, (48, 32), net)
    assert (mix(X, style_X, 0, 0) == X).asnumpy().all()
    assert np.allclose(mix(X, style_X, 1, 0).asnumpy(), style_X.asnumpy(), atol=1e-6)
    grain = (mix(X, style_X, 0, 0.1) - X).asnumpy()
    assert grain.std() == pytest.approx(0.1 / 0.226, rel=0.05)


def test_every_loss_moves_with_the_sliders(job, style_img):
    X, _, _, net = job
    style_X, styles_Y = get_styles(style_img, (48, 32), net)
    panel = mix_losses(X, style_X, net)
    knobs = controls(panel)
    read_out = panel.children[-1].children[-1]
    assert 'content loss 0 ' in read_out.value
    start = sum(style_loss(a, gram(b)).asscalar() for a, b in zip(extract_features(X, net)[1], styles_Y))
    assert f'style loss {short(1e3 * start)} ' in read_out.value
    for name, value in (('style share', 0.5), ('noise', 0.1), ('style weight', 1e4), ('TV weight', 100)):
        before, picture = read_out.value, picture_of(panel)
        knobs[name].value = value
        assert read_out.value != before
        assert picture_of(panel) != picture
    knobs['style share'].value = 1
    knobs['noise'].value = 0
    assert 'style loss 0 ' in read_out.value


def test_shares_are_a_hundred_percent_and_no_weight_at_all_is_said(job, style_img):
    X, _, _, net = job
    panel = mix_losses(X, get_styles(style_img, (48, 32), net)[0], net)
    knobs = controls(panel)
    weights = [knobs[f'{name} weight'] for name in ('content', 'style', 'TV')]
    knobs['style share'].value = 0.25
    for number in (1000, 777, 30):
        weights[1].number.box.value = number
        assert sum(int(re.search(r'(\d+)% of the sum', pair.effect.value)[1]) for pair in weights) == 100
    for pair in weights:
        pair.number.box.value = 0
    assert 'All weights are 0' in panel.children[-1].children[-1].value
