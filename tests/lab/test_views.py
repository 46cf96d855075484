from d2l_style import Weights
from d2l_style.lab.views import (
    CompositeView,
    Curves,
    GramView,
    bars_html,
    before_after,
    change_map,
    gram_picture,
    short,
)

import io
import re

import numpy as np
import pytest
from PIL import Image

from .conftest import trained


def shown(view):
    return np.asarray(Image.open(io.BytesIO(view.image.value)))


@pytest.fixture
def pair():
    return np.zeros((10, 20, 3), 'uint8'), np.full((10, 20, 3), 200, 'uint8')


def test_before_and_after_share_the_picture(pair):
    both = before_after(*pair, 0.5)
    assert both.shape == pair[0].shape
    assert (both[:, :9] == 0).all()
    assert (both[:, 11:] == 200).all()
    assert (both[:, 9:11] == 255).all()
    assert (before_after(*pair, 1)[:, :19] == 0).all()
    assert (before_after(*pair, 0)[:, 1:] == 200).all()


def test_the_change_map_is_black_where_nothing_moved(pair):
    before, _after = pair
    moved = before.copy()
    moved[:, 10:] = 200
    colours = change_map(before, moved).astype(int)
    assert colours[:, :10].sum(axis=2).max() < 10
    assert colours[:, 10:].sum(axis=2).min() > 400


def test_a_gram_picture_has_whole_squares_red_above_and_blue_below():
    picture = gram_picture(np.array([[1.0, -1.0], [0.0, 1.0]]), top=1).astype(int)
    assert picture.shape == (176, 176, 3)
    assert picture[10, 10, 0] > picture[10, 10, 2]
    assert picture[10, 170, 2] > picture[10, 170, 0]
    assert abs(picture[170, 10] - picture[170, 10].mean()).max() < 3
    assert gram_picture(np.zeros((512, 512)), top=0).shape == (176, 176, 3)


def test_pictures_are_as_large_as_the_page_allows_or_pixel_by_pixel(pair):
    view = CompositeView()
    view.show(pair[1], pair[0], Weights())
    assert (shown(view.view) == 200).all()
    assert (view.view.image.layout.width, view.view.image.layout.height) == ('100%', 'auto')
    view.zoom.value = True
    assert (view.view.image.layout.width, view.view.image.layout.height) == ('20px', '10px')
    assert 'd2l-real' in view.view.image._dom_classes
    view.zoom.value = False
    assert 'd2l-real' not in view.view.image._dom_classes
    assert 'weights 1 / 1000 / 10' in view.view.title.value


def test_the_composite_view_has_three_kinds_and_a_slider_for_one(pair):
    view = CompositeView()
    view.show(pair[1], pair[0], Weights())
    pictures = []
    for kind in CompositeView.KINDS:
        view.kind.value = kind
        pictures.append(view.view.image.value)
        assert (view.share.layout.display != 'none') == (kind == 'before / after')
    assert len(set(pictures)) == 3
    view.kind.value = 'before / after'
    view.share.value = 0.9
    assert view.view.image.value not in pictures
    view.show(pair[1], np.zeros((4, 4, 3), 'uint8'), Weights())  # another size: nothing to compare with yet
    assert (shown(view.view) == 200).all()


def test_curves_show_every_loss_and_skip_what_a_logarithm_cannot(worker):
    curves = Curves()
    assert '–' in curves.legend.value
    trained(worker, 2)
    trained(worker, 2, weights=Weights(tv=0))
    curves.show(worker.history)
    assert curves.lines['style'].y.tolist() == [step.style_loss for step in worker.history]
    assert np.isnan(curves.lines['TV'].y[2:]).all()
    assert curves.scales['y'].max >= max(step.total_loss for step in worker.history)
    assert short(worker.history[-1].style_loss) in curves.legend.value
    curves.show(worker.history * 1000)
    assert len(curves.lines['sum'].y) == 300
    assert curves.scales['x'].max == 4000


def test_bars_tell_each_loss_before_and_after_weighting(worker):
    trained(worker, 3)
    weights = Weights(2, 500, 3, (1, 1, 4, 1, 0))
    measured = worker.transfer.measure(worker.X)
    table = bars_html(measured, weights)
    rows = dict(re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table))
    assert list(rows) == ['content conv4_4', *(f'style conv{k}_1' for k in range(1, 6)), 'TV ']
    for row, l, factor in zip(rows.values(), measured.losses, [2, 500, 500, 2000, 500, 0, 3]):
        before, after = re.findall(r'd2l-number">(.*?)</td>', row)
        assert (before, after) == (short(l), short(float(l * factor)))


def test_measured_losses_are_those_of_the_training(worker):
    trained(worker, 3)
    measured = worker.transfer.measure(worker.X)
    trained(worker, 1)  # its losses are those of the picture it started from
    step = worker.history[-1]
    assert measured.losses[0] == pytest.approx(step.content_loss, rel=1e-4)
    assert [1e3 * l for l in measured.losses[1:-1]] == pytest.approx(step.styles_l, rel=1e-3)
    assert 10 * measured.losses[-1] == pytest.approx(step.tv_l, rel=1e-4)


def test_gram_matrices_follow_the_layer(worker):
    trained(worker, 3)
    view = GramView()
    view.show(worker.transfer.measure(worker.X))
    assert view.layer.options == tuple(f'conv{k}_1' for k in range(1, 6))
    assert '16 × 16 channels' in view.caption.value
    view.layer.value = 'conv3_1'
    assert '64 × 64 channels' in view.caption.value
    assert view.composite.image.value != view.style.image.value
    trained(worker, 1, style_layers=('conv2_1',))
    view.show(worker.transfer.measure(worker.X))
    assert view.layer.value == 'conv2_1'


@pytest.mark.parametrize(('value', 'text'), [(0, '0'), (0.12345, '0.123'), (123.4, '123'), (12345.6, '12346'),
                                         (1.5e-5, '1.5e-05'), (3e9, '3.0e+09')])
def test_losses_are_short(value, text):
    assert short(value) == text
