from d2l_style.lab.effects import Effects, changed, settled
from d2l_style.lab.recipe import Settings
from d2l_style.lab.sliders import weight_sliders
from d2l_style.lab.transfer import Measured

from types import SimpleNamespace

import numpy as np

LAYERS = ('content', 'conv4_4'), ('style', 'conv1_1'), ('TV', '')
STILL = [SimpleNamespace(total_loss=1)] * 30


def measured(content=1, style=1, tv=1):
    return Measured(LAYERS, (content, style, tv), (), ())


def grey(value):
    return np.full((2, 3, 3), value, 'uint8')


def test_losses_have_settled_when_their_mean_stands_still():
    assert not settled([1] * 29)
    assert settled([1] * 30)
    assert settled([1.4, 0.6] * 15)  # they swing
    assert not settled([100 * 0.99 ** epoch for epoch in range(300)])
    assert not settled([1] * 20 + [1.1] * 10)
    assert not settled([1] * 10 + [0.9] * 20)


def test_more_than_twice_as_much_is_a_factor():
    assert [changed(ratio) for ratio in (213.4, 2.13, 1.5, 1, 0.25)] == ['×213', '×2.13', '+50%', '+0%', '−75%']


def test_only_the_slider_turned_last_tells_what_it_did_and_only_when_the_losses_have_settled():
    said, sliders = [], weight_sliders(Settings().weights)
    effects = Effects(sliders, {'content': 'content', 'style': 'style', 'tv': 'TV'}, said.append)
    effects.turned('style', 1000)  # nothing was seen yet
    effects.saw(measured(), grey(0), [])
    assert not said
    sliders['style'].value = 10_000
    effects.turned('style', 1000)
    effects.saw(measured(), grey(0), [])
    effects.saw(measured(style=0.5), grey(51), STILL[:10])
    assert said[-1] == 'style weight 1000 → 10\u202f000: the losses have not settled yet.'
    effects.saw(measured(style=0.5), grey(51), STILL)
    assert said[-1] == ('style weight 1000 → 10\u202f000: style loss −50% (before weighting), '
                        'picture changed by 20.0%')
    sliders['content'].value = 0
    effects.turned('content', 1)
    assert said[-1] == ''
    effects.saw(measured(content=213, style=0.5), grey(51), STILL * 2)
    assert said[-1] == 'content weight 1 → 0: content loss ×213 (before weighting), picture changed by 0.0%'
    effects.clear()
    effects.saw(measured(), grey(0), STILL * 3)
    assert said[-1] == ''
