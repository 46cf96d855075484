"""The notebooks run from top to bottom with pictures of a person's own, and from any folder, with short trainings."""
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import skimage.data
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parents[2] / 'notebooks'
FEWER = ((', 500, 200', ', 4, 2'), (', 300, 100', ', 3, 2'), (', 100, 10,', ', 2, 1,'), ('epochs=40', 'epochs=3'),
         ('lr, 100)', 'lr, 6)'), ('net, 100, tolerance', 'net, 6, tolerance'), ('max_epochs=30', 'max_epochs=3'),
         ('max_epochs=60', 'max_epochs=3'), ('net, history=fast', 'net, max_epochs=3, history=fast'),
         ('rounds=10', 'rounds=1'), ('fit_area(content_img)', 'fit_area(content_img, 120 * 80)'),
         ('450 * 300', '180 * 120'))
SHAPES = {'upright': (440, 300), 'square': (512, 512), 'panorama': (160, 500)}  # (height, width)
MAKES = {'04': 2, '07': 18}  # pictures in the folder build

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path):
    """An empty project."""
    (tmp_path / 'project' / 'notebooks').mkdir(parents=True)
    return tmp_path / 'project'


def proportions(project):
    """(width / height of the pictures that were made in the project, how many there are)."""
    made = [Image.open(file) for file in (project / 'build').rglob('[!s]*.png')]
    return {round(picture.width / picture.height, 1) for picture in made}, len(made)


def read(name):
    """(a notebook with short trainings, the place of its cell of parameters)."""
    file, = NOTEBOOKS.glob(f'{name}*.ipynb')
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        for before, after in FEWER:
            cell.source = cell.source.replace(before, after)
    place, = (i for i, cell in enumerate(notebook.cells) if 'parameters' in cell.metadata.get('tags', []))
    return notebook, place


def execute(notebook, folder):
    NotebookClient(notebook, timeout=600, resources={'metadata': {'path': str(folder)}}).execute()


def execute_with(name, folder, content, style):
    """Run a notebook in `folder`, with pictures that a person has written into its first cell."""
    notebook, place = read(name)
    settings = notebook.cells[place]
    settings.source = re.sub(r'use_profile\(\)', f'use_profile(content={content!r}, style={style!r})', settings.source)
    execute(notebook, folder)
    return notebook


def execute_like_papermill(name, folder, **parameters):
    """Run a notebook in `folder` after a cell `injected-parameters` was put below that of the parameters."""
    notebook, place = read(name)
    source = '\n'.join(f'{key} = {value!r}' for key, value in parameters.items())
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(source, metadata={'tags': ['injected-parameters']}))
    execute(notebook, folder)
    return notebook


@pytest.mark.parametrize(('name', 'shape', 'where'), [
    ('01', 'upright', '..'), ('02', 'square', '.'), ('03', 'upright', '.'), ('04', 'upright', 'notebooks'),
    ('04', 'panorama', '.'), ('05', 'panorama', '..'), ('07', 'upright', 'notebooks'), ('08', 'panorama', '.')])
def test_a_photograph_keeps_its_proportions_and_any_folder_will_do(name, shape, where, tmp_path, project):
    height, width = SHAPES[shape]
    file = tmp_path / f'{shape}.jpg'
    Image.fromarray(np.ascontiguousarray(skimage.data.astronaut()[:height, :width])).save(file)
    notebook = execute_like_papermill(name, project / where, content_name=str(file), style_name='woodblock_wave')
    if name in MAKES:
        assert proportions(project) == ({round(width / height, 1)}, MAKES[name])
    if name == '01':
        assert f'content {(height, width, 3)}' in str(notebook.cells)
    assert not (project.parent / 'build').exists()


@pytest.mark.parametrize('name', ['03', '08'])
def test_the_style_may_be_the_content(name, project):
    execute_with(name, project / 'notebooks', 'cat', 'cat')


def test_where_nothing_can_be_written_the_notebook_goes_on_also_when_the_style_is_the_content(project):
    (project / 'build').write_text('a file in the way of the folder')
    notebook = execute_with('04', project / 'notebooks', 'cat', 'cat')
    said = [line for cell in notebook.cells for output in cell.get('outputs', []) if output.output_type == 'stream'
            for line in output.text.splitlines() if 'not saved' in line]
    assert len(said) == 2 and 'still in its variable' in said[0]
