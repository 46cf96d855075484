from d2l_style.lab.exported import readable

import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter, SlidesExporter
from traitlets.config import Config

CONFIG = json.loads((Path(__file__).parents[2] / 'tools' / 'setup' / 'jupyter_config.json').read_text('utf-8'))
ALT = 'a "lake" <and> hills'


def notebook(data, **metadata):
    shown = nbformat.v4.new_output('display_data', data=data, metadata=metadata)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('show()', outputs=[shown])])


def images(exported):
    return [image.attrs for image in BeautifulSoup(exported[0], 'html.parser').select('img')]


@pytest.mark.parametrize('exporter', [HTMLExporter, SlidesExporter])
@pytest.mark.parametrize('mime', ['image/png', 'image/jpeg'])
def test_with_the_environments_settings_a_page_says_what_its_pictures_show(exporter, mime):
    pictured = notebook({mime: 'aGVsbG8=\n', 'text/plain': 'x'}, alt=ALT, needs_background='dark',
                        **{mime: {'width': 760}})
    (image,) = images(exporter(config=Config(CONFIG)).from_notebook_node(pictured))
    assert image == {'src': f'data:{mime};base64,aGVsbG8=', 'alt': ALT, 'width': '760',
                     'class': ['jp-needs-dark-background']}


def test_what_has_no_description_or_a_page_of_its_own_stays():
    for data, metadata in (({'image/png': 'aGVsbG8='}, {}), ({'text/plain': 'x'}, {'alt': ALT}),
                           ({'image/png': 'aGVsbG8=', 'text/html': '<b>x</b>'}, {'alt': ALT})):
        stays, _ = readable(notebook(data, **metadata), {})
        assert stays.cells[0].outputs[0].data == data
