"""Notebooks as students hand them in: the exercises with right answers, and what editors and people do to them."""
import copy
import json
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from ...solutions import RIGHT, source

ROOT = Path(__file__).resolve().parents[3]


class Exercises(NamedTuple):
    """The notebook that students get, and the right sources of its functions."""

    released: nbformat.NotebookNode
    right: dict


REAL = Exercises(nbformat.read(ROOT / 'notebooks' / '06_exercises.ipynb', as_version=4),
                 {name: source(text) for name, text in RIGHT.items()})
RELEASED = REAL.released
ANSWERS = {'answer_1': "answer_1 = 'conv1_1'", 'answer_2': "answer_2 = 'one'",
           'answers_3_4': "answer_3, answer_4 = 'style', 1"}
ANSWER = '\n\nBecause of the shapes.'  # to each open question
WRONG_GRAM = 'def batch_gram(X):\n    return X'


def solved(exercises=REAL, **instead):
    """The exercises with right answers, and something below each open question; `instead`: other sources of cells."""
    notebook = copy.deepcopy(exercises.released)
    for cell in notebook.cells:
        name = name_of(cell) or ''
        answered = cell.source + ANSWER * name.startswith('question')
        cell.source = {**exercises.right, **ANSWERS, **instead}.get(name, answered)
    return notebook


def content(notebook):
    """The bytes of a notebook's file."""
    return nbformat.writes(notebook).encode()


def name_of(cell):
    """What nbgrader calls a cell, or None."""
    settings = cell.metadata.get('nbgrader')
    return settings.get('grade_id') if isinstance(settings, dict) else None


def at(notebook, name):
    """The position of the cell that nbgrader calls `name`."""
    return next(where for where, cell in enumerate(notebook.cells) if name_of(cell) == name)


def released_source(name):
    return RELEASED.cells[at(RELEASED, name)].source


def edited(edit, exercises=REAL, **instead):
    """The solved exercises after `edit(notebook)`."""
    notebook = solved(exercises, **instead)
    edit(notebook)
    return notebook


def first_graded(notebook):
    """The name of the first function that has points."""
    return next(name_of(cell).removeprefix('check_') for cell in notebook.cells
                if name_of(cell) and cell.metadata.nbgrader.get('points') and cell.cell_type == 'code')


def own_copy(cell, **changes):
    """A copy of a cell with an id of its own."""
    cell = copy.deepcopy(cell)
    cell.id = f'own{len(json.dumps(changes))}'
    cell.update(changes)
    return cell


# What editors do

def without_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = {}


def without_anything(notebook):
    for where, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f'new-{where}'


def without_metadata_of_checks(notebook):
    for cell in notebook.cells:
        if (name_of(cell) or '').startswith('check'):
            cell.metadata = {}


def with_settings(**settings):
    def edit(notebook):
        notebook.cells[at(notebook, 'batch_gram')].metadata['nbgrader'].update(settings)
    return edit


def with_odd_settings(value):
    def edit(notebook):
        for name in ('batch_gram', 'check_batch_gram', 'question_1'):
            notebook.cells[at(notebook, name)].metadata['nbgrader'] = value
    return edit


def with_tags_that_skip(notebook):
    for cell in notebook.cells:
        if name_of(cell):
            cell.metadata['tags'] = ['skip-execution', 'experiment', 'raises-exception']


def of_another_kind(name, kind):
    def edit(notebook):
        cell = notebook.cells[at(notebook, name)]
        cell.cell_type = kind
        for field in ('outputs', 'execution_count'):
            cell.pop(field, None)
        if kind == 'code':
            cell.outputs, cell.execution_count = [], None
    return edit


# What people do

def without(*names):
    def edit(notebook):
        notebook.cells = [cell for cell in notebook.cells if name_of(cell) not in names and cell.id not in names]
    return edit


def without_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if not (name_of(cell) or '').startswith('check')]


def only_code(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == 'code']


def twice(name, first=None, second=None):
    def edit(notebook):
        where = at(notebook, name)
        right = notebook.cells[where].source
        notebook.cells.insert(where + 1, own_copy(notebook.cells[where], source=second or right))
        notebook.cells[where].source = first or right
    return edit


def split(name, line, keep_metadata=True):
    def edit(notebook):
        where = at(notebook, name)
        lines = notebook.cells[where].source.splitlines()
        second = own_copy(notebook.cells[where], source='\n'.join(lines[line:]))
        if not keep_metadata:
            second.metadata = {}
        notebook.cells[where].source = '\n'.join(lines[:line])
        notebook.cells.insert(where + 1, second)
    return edit


def parted(name, line, *between, keep_metadata=True):
    """Split, with cells between the halves."""
    def edit(notebook):
        where = at(notebook, name)
        split(name, line, keep_metadata)(notebook)
        notebook.cells[where + 1:where + 1] = between
    return edit


def moved(name, behind):
    def edit(notebook):
        cell = notebook.cells.pop(at(notebook, name))
        notebook.cells.insert(at(notebook, behind) + 1, cell)
    return edit


def written_in_a_new_cell(name, behind):
    """The cell stays as released, and the solution stands in one that nobody knows."""
    def edit(notebook):
        cell = notebook.cells[at(notebook, name)]
        text, cell.source = cell.source, released_source(name)
        new = new_code_cell(text) if cell.cell_type == 'code' else new_markdown_cell('conv4_4, because of the shapes.')
        notebook.cells.insert(at(notebook, behind) + 1, new)
    return edit


def all_in_one_cell(notebook):
    together = '\n\n'.join(notebook.cells[at(notebook, name)].source for name in RIGHT)
    for name in RIGHT:
        notebook.cells[at(notebook, name)].source = released_source(name)
    notebook.cells[at(notebook, 'postprocess')].source = together


def answered_in_the_experiment(notebook):
    notebook.cells[at(notebook, 'answer_1')].source = released_source('answer_1')
    cell = next(cell for cell in notebook.cells if cell.id == 'cell-17')
    cell.source += "\nanswer_1 = 'conv1_1'"


def with_own_cell(text, before='batch_gram'):
    def edit(notebook):
        notebook.cells.insert(at(notebook, before), new_code_cell(text))
    return edit


def as_document(change=lambda document: None, exercises=REAL, **instead):
    """The bytes of the solved exercises after `change(document)`, a dictionary that need not be a valid notebook."""
    document = json.loads(content(solved(exercises, **instead)))
    change(document)
    return json.dumps(document).encode()
