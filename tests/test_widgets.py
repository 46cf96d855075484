import io

import numpy as np
import pytest
from mxnet import nd
from PIL import Image

from d2l_style import extract_features, get_styles
from d2l_style.losses import gram, style_loss
from d2l_style.widgets import browse_features, feature_map, mix, mix_losses


def controls(box):
    """Every control below `box` by its description."""
    found = {}
    for child in getattr(box, 'children', ()):
        found.update(controls(child))
        if getattr(child, 'description', ''):
            found[child.description] = child
    return found


def picture_of(panel):
    return next(child for child in panel.children if type(child).__name__ == 'Image').value


def test_feature_map_is_black_where_a_channel_is_silent():
    features = nd.array([[[[-2, 0], [1, 4]]]])
    assert feature_map(features, 0).tolist() == [[0, 0], [63, 255]]
    assert feature_map(-nd.ones((1, 1, 2, 2)), 0).max() == 0


def test_the_browser_follows_layer_and_channel(job):
    X, _, _, net = job
    panel = browse_features(X, net)
    knobs = controls(panel)
    first = picture_of(panel)
    assert knobs['channel'].max == 3
    knobs['channel'].value = 2
    second = picture_of(panel)
    knobs['layer'].value = 19
    assert knobs['channel'].max == 7
    assert len({first, second, picture_of(panel)}) == 3


def test_the_stored_page_shows_a_still_picture(job):
    panel = browse_features(job[0], job[3])
    stored = panel._repr_mimebundle_()
    assert stored['text/plain'].startswith('Feature browser')
    assert 'application/vnd.jupyter.widget-view+json' in stored
    assert stored['image/png'].startswith('iVBOR')  # the first bytes of a PNG
    assert Image.open(io.BytesIO(picture_of(panel))).width > 300


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
    read_out = panel.children[-1]
    assert 'content loss 0.00' in read_out.value
    start = sum(style_loss(a, gram(b)).asscalar() for a, b in zip(extract_features(X, net)[1], styles_Y))
    assert f'style loss {1e3 * start:.2f}' in read_out.value
    for name, value in (('style share', 0.5), ('noise', 0.1), ('style weight', 1e4), ('TV weight', 100)):
        before, picture = read_out.value, picture_of(panel)
        knobs[name].value = value
        assert read_out.value != before
        assert picture_of(panel) != picture
    knobs['style share'].value = 1
    knobs['noise'].value = 0
    assert 'style loss 0.00' in read_out.value
