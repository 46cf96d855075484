from d2l_style import Weights
from d2l_style.lab.views import CompositeView, GramView

import io

import numpy as np
from PIL import Image

from .conftest import trained


def shown(view):
    return np.asarray(Image.open(io.BytesIO(view.image.value)))


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
