"""What the site is made of: pages in their places, links that lead somewhere, explorers, and words for pictures."""
import json
import runpy
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SITE = runpy.run_path(str(ROOT / 'tools' / 'site' / 'gather.py'))


@pytest.fixture(scope='module')
def gathered(tmp_path_factory):
    target = tmp_path_factory.mktemp('site') / 'source'
    SITE['gather'](target)
    return target


def test_pages_keep_their_places_and_a_link_to_a_file_shows_it(gathered):
    text = (gathered / 'docs' / 'contributing.md').read_text(encoding='utf-8')
    assert '](../files/d2l_style/images.py.md)' in text
    assert '](../d2l_style/images.py)' in (ROOT / 'docs' / 'contributing.md').read_text(encoding='utf-8')
    shown = (gathered / 'files' / 'd2l_style' / 'images.py.md').read_text(encoding='utf-8')
    assert (ROOT / 'd2l_style' / 'images.py').read_text(encoding='utf-8').rstrip() in shown
    assert (gathered / 'img' / 'style-transfer.svg').is_file()


def test_nothing_of_it_is_hidden(gathered):
    assert not [path for path in gathered.rglob('*') if path.name.startswith('.')]


def test_every_explorer_of_a_page_or_a_notebook_is_one(gathered):
    pages = {page.stem: page.read_text(encoding='utf-8') for page in (gathered / 'explorer').glob('*.md')}
    assert {'weights', 'layers', 'time'} < set(pages)
    assert all('<script type="module">' in text for name, text in pages.items() if name != 'index')
    stored = json.loads((gathered / 'notebooks' / '02_features.ipynb').read_text(encoding='utf-8'))
    shown = [output['data'] for cell in stored['cells'] for output in cell.get('outputs', ()) if 'data' in output]
    assert not [data for data in shown if SITE['MIME'] in data]
    assert any('d2l-explorer' in data.get('text/html', '') and 'image/png' not in data for data in shown)


@pytest.mark.parametrize(('metadata', 'words', 'alt'), [
    ({'alt': 'a lake'}, '<Figure>', 'a lake'), ({}, 'losses over\nthe epochs', 'losses over the epochs'),
    ({}, '<Figure>', 'Picture')])
def test_a_picture_has_words(metadata, words, alt):
    output = {'data': {'image/png': '', 'text/plain': [words]}, 'metadata': metadata}
    cell = {'cell_type': 'code', 'metadata': {'tags': ['kept']}, 'outputs': [output]}
    SITE['prepare'](cell, None)
    assert cell['metadata'] == {'tags': ['kept'], 'mystnb': {'image': {'alt': alt}}}


def test_a_link_to_nothing_stops_it(tmp_path, monkeypatch):
    monkeypatch.setitem(SITE['page'].__globals__, 'ROOT', tmp_path)
    (tmp_path / 'a.md').write_text('# A\n[gone](gone.md)')
    with pytest.raises(SystemExit, match=r'a\.md leads to gone\.md, and there is nothing'):
        SITE['page']('a.md', tmp_path / 'out')


def test_the_preview_is_as_large_as_is_asked_for(tmp_path):
    runpy.run_path(str(ROOT / 'tools' / 'site' / 'preview.py'))['draw_preview'](tmp_path)
    assert Image.open(tmp_path / 'preview.jpg').size == (1200, 630)
    assert Image.open(tmp_path / 'favicon.png').size == (64, 64)
