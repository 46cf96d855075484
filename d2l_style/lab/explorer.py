"""Explorer: a grid of pictures that were computed before, under sliders that need no kernel.

Not in the chapter. `explore` makes one text of a sweep (explorer_table.py), and explorer.js shows that text wherever
it is:

* JupyterLab takes it from the output itself (`MIME`), with or without a kernel, trusted or not: our own extension
  (opened.js, beside explorer.js) knows how, and no widget is asked;
* Colab, VS Code and Voilà, which know anywidget, show the widget;
* `nbconvert --to html` gets `as_html` in its place, by the preprocessor `with_explorers`, which is in the
  environment's settings;
* what runs no scripts, as GitHub's viewer, shows the still picture, which says so.
"""
import json
from pathlib import Path

import anywidget
import traitlets

from .cells import belongs_to_cell
from .drawing import described
from .explorer_table import as_table, still

MIME, VIEW = 'application/vnd.d2l-style.explorer', 'application/vnd.jupyter.widget-view+json'
GRIDS = Path(__file__).parents[1] / 'grids'
MODULE = Path(__file__).parent / 'labextension' / 'static' / 'explorer.js'


class Explorer(anywidget.AnyWidget):
    """Sliders over a table, as text. `cell`: the index of each setting's value."""

    _esm = MODULE.read_text(encoding='utf-8')
    table = traitlets.Unicode().tag(sync=True)
    cell = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, table):
        self._parsed = json.loads(table)
        super().__init__(table=table, cell=[setting['start'] for setting in self._parsed['settings']])

    def _repr_mimebundle_(self, **kwargs):
        about = f'Explorer: {self._parsed["title"]} {self._parsed["about"]}'
        data, _ = super()._repr_mimebundle_(**kwargs)
        return {**data, MIME: self.table, **described(still(self._parsed), about)}, {'alt': about}


def explore(table, *, title='', start=None, quality=75):
    """Sliders over all that a sweep has found, which answer at once, also without a kernel.

    Running the cell again closes the one that it had made before.

    Args:
        table: What `sweep` returns, or the name of a grid of the package: 'weights', 'layers', 'styles' or 'time'.
        title: A question, shown above.
        start: {setting: its value at the start}, by default the chapter's, or the one in the middle.
        quality: Of the pictures, up to 100.

    Returns:
        An `Explorer` to display.

    Raises:
        ValueError: For a name that no grid has, and for a grid of more than 20 MB.
    """
    own = isinstance(table, str)
    explorer = Explorer(_own(table) if own else as_table(table, title=title, start=start, quality=quality))
    belongs_to_cell(explorer)
    return explorer


def _own(name):
    """The text of a grid that is in the package."""
    names = sorted(file.stem for file in GRIDS.glob('*.json'))
    if name not in names:
        raise ValueError(f'there is no grid {name!r}: give what `sweep` returns, or one of {", ".join(names)}')
    return (GRIDS / f'{name}.json').read_text(encoding='utf-8')


def as_html(table):
    """A table, as text, as a piece of a page: explorer.js and all data are in it, and nothing is asked for."""
    data = table.replace('<', '\\u003c')  # else a text could end the script
    return (f'<div class="d2l-explorer-place"><script type="application/json">{data}</script>'
            '<noscript>The explorer needs JavaScript, which is turned off here.</noscript></div>\n'
            f'<script type="module">{MODULE.read_text(encoding="utf-8")}\n'
            # of several explorers on a page, each script takes the first that nobody has shown
            '{ const el = document.querySelector(".d2l-explorer-place:not([data-shown])"); el.dataset.shown = "";\n'
            'mount(el, el.querySelector("script").textContent); }</script>')


def with_explorers(notebook, resources):
    """A preprocessor of nbconvert: an output with a table becomes a page that works, in place of a widget's view."""
    for cell in notebook.cells:
        for output in cell.get('outputs', []):
            data = output.get('data', {})
            if MIME in data:
                data['text/html'] = as_html(data.pop(MIME))
                data.pop(VIEW, None)
    return notebook, resources
