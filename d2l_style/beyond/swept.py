"""Swept: what a sweep found, as a table and pictures, and how it is kept in a folder."""
import io
import json
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from ..checks.writing import must_take_files, write_whole

ELSEWHERE = "mend that, or give another folder, for example sweep('/tmp/sweep', ...)"
SAVE = "what was computed is in memory: mend that, or save all of it elsewhere, for example swept.save('/tmp/sweep')"


@dataclass(frozen=True)
class Swept:
    """What a sweep found.

    Attributes:
        table: One row a cell, with settings, losses before weighting, seconds, error.
        varied: The settings that have several values.
        folder: Where table, contact sheet, and the picture of each cell are.
        unsaved: {key: (row, PNG or None)} of cells that could not be written there.
    """

    table: pd.DataFrame
    varied: tuple
    folder: Path
    unsaved: dict = field(default_factory=dict, repr=False)

    def pictures(self):
        """The picture of every cell that succeeded.

        Returns:
            A dictionary from the row of the table to the picture, `uint8` (h, w, 3).

        Raises:
            FileNotFoundError: Where a picture was taken out of the folder.
        """
        return {row: np.asarray(Image.open(io.BytesIO(self._kept(key)[1])))
                for row, key in self.table['key'][self.table['error'] == ''].items()}

    def curves(self):
        """The curves of every cell that kept them.

        Returns:
            A dictionary from the row of the table to its `curves_of`.

        Raises:
            FileNotFoundError: Where a cell was taken out of the folder.
        """
        keys = self.table['key'][self.table['error'] == '']
        found = {row: self._kept(key)[0].get('curves') for row, key in keys.items()}
        return {row: curves for row, curves in found.items() if curves}

    def save(self, folder):
        """Write all of it to another folder, from which `sweep` can go on.

        Args:
            folder: Its path.

        Returns:
            The `Swept` there.

        Raises:
            NotWrittenError: Where that cannot be done.
        """
        folder = Path(folder).expanduser()
        must_take_files(folder, SAVE)
        for key in self.table['key'].unique():
            keep_cell(folder, *self._kept(key), SAVE)
        saved = Swept(self.table, self.varied, folder)
        saved.keep_table()
        return saved

    def keep_table(self):
        """Write table and contact sheet to the folder.

        Raises:
            NotWrittenError: Where that cannot be done.
        """
        write_whole(self.folder / 'table.csv', self.table.to_csv(index=False).encode(), SAVE)
        buffer = io.BytesIO()
        contact_sheet(self).savefig(buffer, format='png', dpi=100)
        write_whole(self.folder / 'sheet.png', buffer.getvalue(), SAVE)

    def _kept(self, key):
        """(row, PNG or None) of a cell, out of the folder unless it could not be written there."""
        if key in self.unsaved:
            return self.unsaved[key]
        try:
            row = json.loads((self.folder / f'{key}.json').read_text(encoding='utf-8'))
            return row, None if row['error'] else (self.folder / f'{key}.png').read_bytes()
        except (OSError, ValueError, KeyError):
            raise FileNotFoundError(f'cell {key} is not in {self.folder} any more: call sweep again, which computes '
                                    'what is missing') from None


def curves_of(steps, most=60):
    """{'epochs', 'content', 'style', 'TV'}: the weighted losses of a run's `Step`s, thinned to at `most` of them."""
    chosen = sorted({round(i) for i in np.linspace(0, len(steps) - 1, min(most, len(steps)))})
    steps = [steps[i] for i in chosen]
    return {'epochs': [step.epoch for step in steps], 'content': [step.content_loss for step in steps],
            'style': [step.style_loss for step in steps], 'TV': [step.tv_l for step in steps]}


def keep_cell(folder, row, picture, instead):
    """Store a cell, the row last: what is there is complete. `picture`: PNG, or None. Raises `NotWrittenError`."""
    if picture:
        write_whole(folder / f'{row["key"]}.png', picture, instead)
    write_whole(folder / f'{row["key"]}.json', json.dumps(row).encode(), instead)


def flush(folder, unsaved):
    """Write the cells `unsaved`, {key: (row, PNG)}, and take them out; `NotWrittenError` at the first that stays."""
    for key in list(unsaved):
        keep_cell(folder, *unsaved[key], SAVE)
        del unsaved[key]


def kept_row(folder, key):
    """The row of a cell that was computed before, with success, or None."""
    try:
        row = json.loads((folder / f'{key}.json').read_text(encoding='utf-8'))
        return row if row['error'] == '' and (folder / f'{key}.png').is_file() else None
    except (OSError, ValueError, KeyError):
        return None


def contact_sheet(swept, width=3):
    """All pictures in a grid: a column for each value of the last setting that varies.

    Where only one varies, three stand side by side.

    Args:
        swept: A `Swept`.
        width: Of a picture, in inches.

    Returns:
        A matplotlib `Figure`.
    """
    table, pictures = swept.table, swept.pictures()
    columns = len(table[swept.varied[-1]].astype(str).unique()) if swept.varied else 1
    columns = min(columns, 3) if len(swept.varied) == 1 else columns
    rows = -(-len(table) // columns)
    height, across = (next(iter(pictures.values())).shape[:2] if pictures else (2, 3))
    labels = ['\n'.join(_label(name, table[name][row]) for name in swept.varied) for row in table.index]
    lines = max(label.count('\n') + 1 for label in labels)
    figure = Figure(figsize=(width * columns, rows * (width * height / across + 0.13 * lines + 0.1)),
                    layout='constrained')
    for row, axis in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axis.axis('off')
        if row >= len(table):
            continue
        axis.set_title(labels[row], fontsize=7)
        if row in pictures:
            axis.imshow(pictures[row])
        else:
            axis.text(0.5, 0.5, 'failed:\n' + table['error'][row][:60], ha='center', va='center', fontsize=7, wrap=True)
    return figure


def _label(name, value):
    """'TV weight: 10': a setting and its value, in lines that are no wider than a picture."""
    name = name.replace('tv', 'TV').replace('_', ' ')
    value = ', '.join(map(str, value)) if isinstance(value, (list, tuple)) else value
    return textwrap.fill(f'{name}: {value:g}' if isinstance(value, float) else f'{name}: {value}', 44)
