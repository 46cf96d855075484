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

    Its metadata are made minimal, so that diffs show content only; a title, which Voilà shows, stays, and what the
    kernel says of its language, by which nbconvert chooses the exporter, but not its version.
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
    language = {name: value for name, value in notebook.metadata.language_info.items() if name != 'version'}
    notebook.metadata = {
        **title,
        'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
        'language_info': language}
    store(notebook, file)


def store(notebook, file):
    """Write `notebook` to `file`, whole or not at all: what was stored stays when the disk is full."""
    new = file.with_name(f'.{file.name}.new')
    try:
        nbformat.write(notebook, new)
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)


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
        except OSError as error:
            sys.exit(f'{file.name} cannot be read or stored ({error.strerror}), and is as it was: mend that first')


if __name__ == '__main__':
    main()
