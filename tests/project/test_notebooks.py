"""The stored notebooks: as they ran, short cells, the default profile."""
from pathlib import Path

import nbformat
import pytest

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
