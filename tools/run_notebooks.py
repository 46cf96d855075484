"""Execute notebooks in place, top to bottom, and store what they print and draw.

    python tools/run_notebooks.py notebooks/*.ipynb
    python tools/run_notebooks.py --folder notebooks elsewhere/solutions.ipynb
"""
import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm


def run(file, folder=None):
    """Execute `file` in `folder`, by default its own, and write it back.

    Its metadata are made minimal, so that diffs show content only; a title, which Voilà shows, stays.
    """
    notebook = nbformat.read(file, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == 'code']
    with tqdm(total=len(cells), desc=file.name, unit='cell') as bar:
        client = NotebookClient(
            notebook, timeout=1800, record_timing=False, resources={'metadata': {'path': str(folder or file.parent)}},
            on_cell_executed=lambda **_: bar.update())
        client.execute()
    for cell in cells:
        for output in cell.outputs:  # a stored slider is dead: the page shows the still picture behind it
            output.get('data', {}).pop('application/vnd.jupyter.widget-view+json', None)
    title = {'title': notebook.metadata.title} if 'title' in notebook.metadata else {}
    notebook.metadata = {
        **title,
        'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
        'language_info': {'name': 'python'}}
    nbformat.write(notebook, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('notebooks', type=Path, nargs='+')
    parser.add_argument('--folder', type=Path, help='where they run, by default where they are')
    args = parser.parse_args()
    # a progress bar is for those who watch: a stored page would show it for ever at 0 %
    os.environ['TQDM_DISABLE'] = '1'
    for file in args.notebooks:
        try:
            run(file, args.folder)
        except CellExecutionError as error:
            sys.exit(f'{file.name} stopped, nothing was stored: {error}')


if __name__ == '__main__':
    main()
