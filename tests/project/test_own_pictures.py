"""Notebooks 1 to 5 run from top to bottom with pictures of a person's own, with short trainings."""
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import skimage.data
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parents[2] / 'notebooks'
FEWER = ((', 500, 200', ', 4, 2'), (', 300, 100', ', 3, 2'), (', 150, 15,', ', 2, 1,'),
         ('max_epochs=60', 'max_epochs=3'))

pytestmark = pytest.mark.slow


@pytest.fixture(scope='module')
def portrait(tmp_path_factory):
    """The file of a portrait photograph, 300 × 440."""
    file = tmp_path_factory.mktemp('photographs') / 'portrait.jpg'
    Image.fromarray(np.ascontiguousarray(skimage.data.astronaut()[:440, 60:360])).save(file)
    return file


def execute(name, folder, content, style):
    """Run a notebook in an empty project `folder` with other pictures; its cells afterwards."""
    file, = NOTEBOOKS.glob(f'{name}*.ipynb')
    notebook = nbformat.read(file, as_version=4)
    settings = next(cell for cell in notebook.cells if 'parameters' in cell.metadata.get('tags', []))
    settings.source = re.sub(r'use_profile\(\)', f'use_profile(content={content!r}, style={style!r})', settings.source)
    for cell in notebook.cells:
        for before, after in FEWER:
            cell.source = cell.source.replace(before, after)
    (folder / 'notebooks').mkdir()
    NotebookClient(notebook, timeout=600, resources={'metadata': {'path': str(folder / 'notebooks')}}).execute()
    return notebook.cells


@pytest.mark.parametrize('name', ['01', '02', '03', '04', '05'])
def test_a_portrait_in_another_style(name, portrait, tmp_path):
    execute(name, tmp_path, str(portrait), 'woodblock_wave')
    if name == '04':
        made = Image.open(tmp_path / 'build' / 'results' / 'neural-style-2.png')
        assert made.height > made.width  # it keeps its proportions


@pytest.mark.parametrize('name', ['03', '04'])
def test_the_style_may_be_the_content(name, tmp_path):
    execute(name, tmp_path, 'cat', 'cat')
