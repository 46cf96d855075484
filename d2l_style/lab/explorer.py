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
import hashlib
import json
from pathlib import Path

import anywidget
import traitlets

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
    if not isinstance(table, str):
        return Explorer(as_table(table, title=title, start=start, quality=quality))
    names = sorted(file.stem for file in GRIDS.glob('*.json'))
    if table not in names:
        raise ValueError(f'there is no grid {table!r}: give what `sweep` returns, or one of {", ".join(names)}')
    return Explorer((GRIDS / f'{table}.json').read_text(encoding='utf-8'))


def as_html(table):
    """A table, as text, as a piece of a page: explorer.js and all data are in it, and nothing is asked for."""
    place = f'd2l-explorer-{hashlib.sha256(table.encode()).hexdigest()[:12]}'
    data = table.replace('<', '\\u003c')  # else a text could end the script
    return (f'<div id="{place}"><script type="application/json">{data}</script></div>\n'
            f'<script type="module">{MODULE.read_text(encoding="utf-8")}\n'
            f'{{ const el = document.getElementById("{place}"); '
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
