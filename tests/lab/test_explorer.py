from d2l_style.beyond.sweep import sweep
from d2l_style.lab import explore
from d2l_style.lab import explorer_table as module
from d2l_style.lab.explorer import GRIDS, MIME, as_html, with_explorers
from d2l_style.lab.explorer_table import as_table

import base64
import io
import json
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

QUICK = {'image_shape': (48, 32), 'epochs': 3}


@pytest.fixture(scope='module')
def swept(tmp_path_factory):
    layers = [['conv1_1'], ['conv1_1', 'conv2_1']]
    return sweep(tmp_path_factory.mktemp('swept'), tv_weight=[0, 10], style_layers=layers, **QUICK)


def pictured(table, cell):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(table['pictures'][cell['picture']]))), 'float')


def test_a_table_has_every_number_and_picture_of_a_sweep(swept):
    table = json.loads(as_table(swept, quality=95))
    slider, choice = table['settings']
    assert (slider['kind'], slider['values'], slider['chapter']) == ('slider', ['0', '10'], 1)
    assert (choice['kind'], choice['values'], choice['chapter']) == ('choice', ['conv1_1', 'conv1_1, conv2_1'], None)
    pictures, curves = swept.pictures(), swept.curves()
    for row, cell in enumerate(table['cells']):
        found = swept.table.loc[row]
        styles = [found[name] for name in ('style conv1_1', 'style conv2_1') if np.isfinite(found[name])]
        assert len(styles) == len(found['style_layers'])
        losses = [found['content conv4_4'], sum(styles), found['TV']]
        assert cell['losses'] == pytest.approx(losses, rel=1e-3, abs=1e-8)
        assert cell['weighted'] == pytest.approx(np.multiply(losses, [1, 1000, found['tv_weight']]), rel=1e-3, abs=1e-8)
        assert cell['weights'] == ['1', '1000', str(found['tv_weight'])]
        assert abs(pictured(table, cell) - pictures[row]).mean() < 6
        epochs, *kept = table['curves'][cell['curves']]
        assert epochs == [0, 1, 2]
        assert kept == [pytest.approx(curves[row][name], rel=1e-3, abs=1e-8) for name in ('content', 'style', 'TV')]


def test_it_says_which_grid_and_which_network(swept):
    table = json.loads(as_table(swept, title='What stays?'))
    assert table['title'] == 'What stays?'
    assert '4 pictures, one for each combination (2 TV weights × 2 style layers)' in table['about']
    assert 'network vgg19_slim, 48 × 32 pixels, 3 epochs, learning rate 0.1, content weight 1' in table['about']
    assert 'between two of them was not computed' in table['about']


def test_a_cell_that_failed_or_is_missing_is_told_from_the_others(swept):
    rows = swept.table.drop(index=3)
    rows.loc[1, 'error'] = 'OSError: the disk is full'
    cells = json.loads(as_table(replace(swept, table=rows)))['cells']
    assert [cell and set(cell) for cell in cells] == [
        {'losses', 'weights', 'weighted', 'picture', 'curves'}, {'error'},
        {'losses', 'weights', 'weighted', 'picture', 'curves'}, None]
    assert cells[1] == {'error': 'OSError: the disk is full'}
    nothing = replace(swept, table=rows.assign(error='stopped'))
    assert explore(nothing)._repr_mimebundle_()[0]['image/png']


def test_a_grid_that_no_page_carries_is_refused_with_what_to_leave_out(swept, monkeypatch):
    monkeypatch.setattr(module, 'MOST', 3000)
    with pytest.raises(ValueError, match=r'would be 0 MB, and a page carries 20: leave out values \(of tv_weight there '
                                         'are 2'):
        explore(swept)


def test_it_starts_at_the_chapters_values_or_where_it_is_told(swept):
    assert explore(swept).cell == [1, 1]
    assert explore(swept, start={'tv_weight': 0, 'style_layers': ['conv1_1']}).cell == [0, 0]


def test_a_stored_notebook_has_the_table_and_a_still_picture_that_says_so(swept):
    data, metadata = explore(swept)._repr_mimebundle_()
    assert data[MIME] == explore(swept).table
    assert metadata['alt'] == data['text/plain']
    assert data['text/plain'].startswith('Explorer: What does each setting do? 4 pictures')
    still = Image.open(io.BytesIO(base64.b64decode(data['image/png'])))
    assert still.width == 2 * 48 and still.height > 32


def test_a_page_has_all_in_it_and_no_text_can_end_a_script(swept):
    page = as_html(as_table(swept, title='</script><b>x</b>'))
    assert page.count('</script>') == 2 and '<b>' not in page.replace('\\u003cb>', '')
    assert 'http' not in page.replace('http://www.w3.org/2000/svg', '')


def test_an_exported_page_gets_it_in_place_of_a_widget_that_asks_outside(swept):
    data, metadata = explore(swept)._repr_mimebundle_()
    outputs = [nbformat.v4.new_output('display_data', dict(data), metadata=metadata),
               nbformat.v4.new_output('display_data', {'text/plain': 'x'})]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('', outputs=outputs),
                                               nbformat.v4.new_markdown_cell('')])
    exported = with_explorers(notebook, {})[0].cells[0].outputs
    assert set(exported[0].data) == {'text/plain', 'text/html', 'image/png'}
    assert exported[0].data['text/html'] == as_html(data[MIME]) and exported[1].data == {'text/plain': 'x'}


def test_a_grid_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(ValueError, match=r"no grid 'wieghts': .*layers, styles, time, weights"):
        explore('wieghts')


@pytest.mark.parametrize(('name', 'settings'), [
    ('weights', {'content_weight': 6, 'style_weight': 6, 'tv_weight': 5}),
    ('layers', {'content_layers': 5, 'style_layers': 7, 'content_weight': 2}),
    ('styles', {'style': 5, 'style_scale': 5}), ('time', {'epochs': 14, 'lr': 6})])
def test_the_packages_own_grids_are_whole_and_mark_the_chapters_values(name, settings):
    table = json.loads(explore(name).table)
    assert {setting['name']: len(setting['values']) for setting in table['settings']} == settings
    assert len(table['cells']) == np.prod(list(settings.values()))
    assert all(pictured(table, cell).shape == (150, 225, 3) for cell in table['cells'])
    assert all(len(cell['losses']) == len(cell['weighted']) == 3 for cell in table['cells'])
    marked = [setting['chapter'] is not None for setting in table['settings'] if setting['name'] != 'style']
    assert all(marked) and 'network vgg19_slim, 225 × 150 pixels' in table['about']


def test_the_packages_own_grids_are_no_more_than_6_mb():
    files = [file for file in Path(GRIDS).iterdir() if file.is_file()]
    assert {file.suffix for file in files} == {'.json'} and sum(file.stat().st_size for file in files) < 6e6


def test_more_weight_on_the_content_brings_the_mountain_back():
    table = json.loads(explore('weights').table)
    content, style, tv = table['settings']

    def pixels(i):
        cell = (i * len(style['values']) + style['chapter']) * len(tv['values']) + tv['chapter']
        return pictured(table, table['cells'][cell])
    nothing = pictured(table, table['cells'][0])  # all weights are 0: the content image itself
    far = [abs(pixels(i) - nothing).mean() for i in range(len(content['values']))]
    assert far[content['chapter']] > 2 * far[-1]
