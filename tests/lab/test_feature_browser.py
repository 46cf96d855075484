from d2l_style import layer_names
from d2l_style.lab.feature_browser import browse_features, feature_map, layer_table

import io

from mxnet import nd
from PIL import Image

from .conftest import controls, picture_of, stored_of


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
    slider, number, before, after = panel.children[-2].children
    number.value = 2
    second = picture_of(panel)
    assert slider.value == 2 and 'channel 2 answers' in panel.children[-1].children[-1].value
    after.click()
    after.click()
    assert slider.value == number.value == 3  # there is none after it
    before.click()
    assert slider.value == number.value == 2
    knobs['layer'].value = 19
    assert knobs['channel'].max == 7
    assert len({first, second, picture_of(panel)}) == 3


def test_the_stored_page_shows_a_still_picture(job):
    panel = browse_features(job[0], job[3])
    stored, metadata = panel._repr_mimebundle_()
    assert metadata['alt'] == stored['text/plain']
    assert stored['text/plain'].startswith('Feature browser')
    assert 'application/vnd.jupyter.widget-view+json' in stored
    assert stored_of(panel)[1].startswith('Feature browser')
    assert Image.open(io.BytesIO(picture_of(panel))).width > 300
    panel.close()


def test_the_table_maps_every_convolution(pretrained_net):
    table = layer_table(pretrained_net)
    for i, name in enumerate(layer_names()):
        assert (f'{i:2d} = {name}' in table) == name.startswith('conv')
