"""The stored notebooks: as they ran, short cells, the default profile, and pages that say what their pictures show."""
import json
import runpy
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter, ScriptExporter
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [*sorted((ROOT / 'notebooks').glob('*.ipynb')), *(ROOT / 'classroom').glob('course/source/*/*.ipynb')]


def test_there_are_notebooks():
    assert {file.parent.name for file in NOTEBOOKS} == {'notebooks', 'style_transfer'}


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda file: f'{file.parent.name}/{file.name}')
def test_notebooks_are_stored_as_they_ran_from_top_to_bottom(file):
    notebook = nbformat.read(file, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == 'code']
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(output.output_type != 'error' for cell in code for output in cell.outputs)
    assert set(notebook.metadata) - {'title'} == {'kernelspec', 'language_info'}


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda file: f'{file.parent.name}/{file.name}')
def test_notebooks_have_a_title_a_choice_and_short_cells(file):
    cells = nbformat.read(file, as_version=4).cells
    assert cells[0].source.startswith('# ')
    first_code = next(cell for cell in cells if cell.cell_type == 'code')
    assert 'content_name, style_name, backbone = use_profile()' in first_code.source
    shown = first_code.outputs[0].text if first_code.outputs else ''
    assert 'profile   embedded' in shown or first_code.source.startswith('%%capture')
    assert all(len(cell.source.splitlines()) <= 15 for cell in cells if cell.cell_type == 'code')


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda file: f'{file.parent.name}/{file.name}')
def test_a_notebook_can_be_converted_to_a_script(file):
    """By what JupyterLab writes of the language too; the version would differ from machine to machine."""
    info = nbformat.read(file, as_version=4).metadata.language_info
    assert set(info) == {'codemirror_mode', 'file_extension', 'mimetype', 'name', 'nbconvert_exporter',
                         'pygments_lexer'}
    script, resources = ScriptExporter().from_filename(file)
    assert resources['output_extension'] == '.py'
    compile(script, file.with_suffix('.py').name, 'exec')


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda file: f'{file.parent.name}/{file.name}')
def test_an_exported_page_says_what_each_picture_shows(file):
    config = json.loads((ROOT / 'tools' / 'setup' / 'jupyter_config.json').read_text(encoding='utf-8'))
    page, _ = HTMLExporter(config=Config(config)).from_filename(file)
    alts = [image.attrs['alt'] for image in BeautifulSoup(page, 'html.parser').select('img')]
    assert all(alts) and 'No description has been provided for this image' not in alts


def test_a_notebook_that_is_run_says_what_its_language_is(tmp_path):
    stored = nbformat.read(NOTEBOOKS[0], as_version=4).metadata
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('1 + 1')])
    nbformat.write(notebook, tmp_path / 'sum.ipynb')
    runpy.run_path(str(ROOT / 'tools' / 'run_notebooks.py'))['run'](tmp_path / 'sum.ipynb')
    assert nbformat.read(tmp_path / 'sum.ipynb', as_version=4).metadata == stored


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='Linux has a file that is full')
def test_on_a_full_disk_a_notebook_stays_as_it_was(tmp_path):
    store = runpy.run_path(str(ROOT / 'tools' / 'run_notebooks.py'))['store']
    store(nbformat.v4.new_notebook(), tmp_path / 'a.ipynb')
    before = (tmp_path / 'a.ipynb').read_bytes()
    (tmp_path / '.a.ipynb.new').symlink_to('/dev/full')
    with pytest.raises(OSError, match='No space left'):
        store(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('1')]), tmp_path / 'a.ipynb')
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [('a.ipynb', before)]
