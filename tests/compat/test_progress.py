import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    'from d2l_style.compat.progress import tqdm\nfor _ in tqdm(range(40)): pass': '40/40',
    'for _ in tqdm(range(40), leave=False): pass': '',
    'for i in tqdm(range(40)):\n    if i == 13: break': '13/40'}


@pytest.mark.slow
def test_a_saved_notebook_shows_how_far_a_bar_came(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    NotebookClient(notebook, kernel_name='python3', resources={'metadata': {'path': str(tmp_path)}}).execute()
    for cell, text in zip(notebook.cells, CELLS.values()):
        (output,) = cell.outputs
        assert text in output.data['text/plain'] and ' 0/40' not in output.data['text/plain']
