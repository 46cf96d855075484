"""Notebooks as pages, as nbconvert and JupyterLab's menu make them."""
import json

import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from .drive import ROOT, complaints, new_page

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('name', ['01_pictures', '05_style_lab'])
def test_everybody_can_read_an_exported_notebook(chromium, tmp_path, name, shots):
    config = json.loads((ROOT / 'tools' / 'setup' / 'jupyter_config.json').read_text(encoding='utf-8'))
    exported, _ = HTMLExporter(config=Config(config)).from_filename(ROOT / 'notebooks' / f'{name}.ipynb')
    (tmp_path / 'page.html').write_text(exported, encoding='utf-8')
    with new_page(chromium, 1366, 768) as page:
        page.route('**', lambda route: route.continue_() if route.request.url.startswith('file:') else route.abort())
        page.goto((tmp_path / 'page.html').as_uri())
        page.screenshot(path=shots / f'exported-{name}.png')
        assert not complaints(page, 'body')
