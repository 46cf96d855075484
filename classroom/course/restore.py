"""From what a student handed in to a notebook that nbgrader can grade, and remarks on what was done to it.

The released assignment is the frame: each of its graded cells and checks comes once, as released, in its order, with
what the student wrote in it. Everything else that the student wrote stays and runs where it stood.
"""
import copy
import importlib.util
import re
from bisect import bisect_left
from pathlib import Path

from answers import choose_answers
from assignment import Assignment
from cell_code import calls, same, taken_from
from choose import Work, choose_solution
from nbformat.notebooknode import from_dict
from nbformat.v4 import new_code_cell, new_notebook
from preprocessors import EXPERIMENT
from reading import read_cells

SETTINGS = ('grade_id', 'grade', 'solution', 'locked', 'points')  # nbgrader's, of a cell
INSTALLS = re.compile(r'^[ \t]*[%!].{0,200}\b(pip3?|conda|mamba|uv)\b.{0,200}\binstall\b', re.MULTILINE)
SPOILERS = {  # what is called: why it costs marks
    '.set_np': '`npx.set_np()` gives MXNet other arrays than the chapter has, and what is checked after it fails',
    '.use_np': '`use_np` gives MXNet other arrays than the chapter has, and what is checked after it fails',
    'input': '`input()` can\'t be used here: nobody is there to answer when it is graded'}


def restore(content, released, beside=(), modules=None):
    """A notebook to grade, and a list of remarks, each a sentence for teacher and student.

    `content`: the bytes that were handed in. `released`: the notebook that was handed out, with nbgrader's metadata.
    `beside`: names of documents that were handed in with it. `modules`: {file.py: text} that it may import. Raises
    `reading.Unreadable` for a file without cells and for another notebook.
    """
    cells, remarks = read_cells(content)
    work = Work(cells, Assignment(released))
    for where in work.assignment.solutions:
        choose_solution(work, where)
    choose_answers(work, beside)
    modules = _imported(work, modules or {}, remarks)
    notebook = new_notebook(cells=[*modules, *_in_order(work)], metadata=copy.deepcopy(released.metadata))
    return notebook, remarks + work.remarks + _remarks(work)


def _imported(work, modules, remarks):
    """Cells that write those of `modules` which the notebook imports, but for one that hides an installed package."""
    code = '\n'.join(cell.source for cell in [*work.cells, *map(new_code_cell, modules.values())])
    cells = []
    for name, text in modules.items():
        module = name.removesuffix('.py')
        if not re.search(rf'^[ \t]*(from|import)[ \t]+(.*,[ \t]*)?{module}\b', code, re.MULTILINE):
            remarks.append(f'{name} lies beside it, and is not imported')
        elif _is_installed(module):
            remarks.append(f'{name} lies beside it, and is left out: it would hide the installed {module}')
        else:
            remarks.append(f'{name} lies beside it, and is taken along')
            cells.append(new_code_cell(f'%%writefile {name}\n{text}', id=f'beside-{len(cells)}'))
    return cells


def _is_installed(module):
    found = importlib.util.find_spec(module)
    return bool(found) and Path(found.origin or '').parent != Path(__file__).parent  # not one of the course's own


def _in_order(work):
    """The assignment's cells in their order, and after each the student's own that stood there."""
    assignment = work.assignment
    for where, found in work.found.items():
        if found:
            work.chosen.setdefault(where, found[-1])
    in_place = _longest_rising(sorted(work.chosen, key=work.chosen.get))
    taken = {*work.chosen.values(), *work.left_out}
    own_cells = {where: [] for where in range(-1, len(assignment.cells))}
    for own in range(len(work.cells)):
        if own not in taken:
            before = [where for where in in_place if work.chosen[where] < own]
            own_cells[max(before, default=-1)].append(own)
    last_check = max(assignment.checks, default=-1)
    ordered = [_own_cell(work, own) for own in own_cells[-1]]
    for where in range(len(assignment.cells)):
        if where in work.chosen or where in assignment.fixed or where in assignment.tasks:
            ordered += _released_cell(work, where)
        ordered += [_own_cell(work, own, too_late=where > last_check) for own in own_cells[where]]
    told = {one for places in work.said.values() for where in places for one in (where, *assignment.checks_of(where))}
    for where in sorted((set(work.chosen) - set(in_place) - told) & set(assignment.at.values())):
        work.say('stood elsewhere, and is back in its place', where)
    return ordered


def _longest_rising(numbers):
    """The most of `numbers` that rise as they stand: the cells that were not moved."""
    ends, places, before = [], [], {}
    for number in numbers:
        place = bisect_left(ends, number)
        before[number] = places[place - 1] if place else None
        ends[place:place + 1], places[place:place + 1] = [number], [number]
    rising, last = [], places[-1] if places else None
    while last is not None:
        rising.append(last)
        last = before[last]
    return rising[::-1]


def _released_cell(work, where):
    """The released cell at `where` with what the student wrote in it; changed imports run after the released ones."""
    assignment, cell = work.assignment, copy.deepcopy(work.assignment.cells[where])
    own = work.cells[work.chosen[where]] if where in work.chosen else None
    if where in work.text:
        cell.source = work.text[where]
    elif own and where not in assignment.fixed:
        cell.source = own.source
    pictures = {**(own.get('attachments', {}) if own else {}), **work.attachments.get(where, {})}
    if pictures and cell.cell_type == 'markdown':
        cell.attachments = from_dict(pictures)
    if own and cell.cell_type == own.cell_type == 'code':
        cell.outputs = own.outputs
    if own and assignment.settings[where] and cell.cell_type != own.cell_type:
        work.say('had become another kind of cell, and is back', where)
    if own and where in assignment.imports and not same(own.source, cell.source):
        return [cell, _own_cell(work, work.chosen[where])]
    return [cell]


def _own_cell(work, own, too_late=False):
    """A cell that only the student has, without metadata; one below the last check changes nothing and does not run."""
    cell = copy.deepcopy(work.cells[own])
    cell.metadata = from_dict({'tags': [EXPERIMENT]} if too_late and cell.cell_type == 'code' else {})
    cell.id = f'own-{own}'
    return cell


def _remarks(work):
    """What was done, in sentences."""
    assignment, graded = work.assignment, set(work.assignment.at.values())
    remarks = []
    lost = sum(bool(work.found[where]) and all(_settings(work.cells[own]) != _settings(assignment.cells[where])
                                               for own in work.found[where]) for where in graded)
    if lost:
        cells = f'{lost} cells were' if lost > 1 else 'a cell were'
        remarks.append(f'nbgrader\'s settings of {cells} gone or changed, and are as released')
    for what, places in work.said.items():
        cost = f' ({sum(assignment.points(where) for where in places):g})' if what.endswith('points') else ''
        remarks.append(f'{_names(assignment, places)} {what}{cost}')
    gone = [where for where in assignment.fixed if not work.found[where]]
    if gone:
        remarks.append(f'put back, as released: {_names(assignment, gone)}')
    changed = [where for where in graded & assignment.fixed if work.found[where] and
               not same(work.cells[work.chosen[where]].source, assignment.cells[where].source)]
    if changed:
        remarks.append(f'changed, and run as released: {_names(assignment, changed)}')
    remarks += _spoilers(work)
    if any(cell.cell_type == 'code' and INSTALLS.search(cell.source) for cell in work.cells):
        remarks.append('it installs packages: nothing was installed, it is graded with those of the course')
    if work.is_untouched():
        remarks.append('nothing was written in it')
    return remarks


def _spoilers(work):
    """Sentences on what a right solution can lose its marks by, or has them by without being the student's own."""
    assignment, remarks = work.assignment, []
    own = {cell.source: where for where, cell in enumerate(work.cells) if cell.cell_type == 'code' and not any(
        same(cell.source, released.source) for released in assignment.cells)}
    for call, why in SPOILERS.items():
        places = [work.cell_name(where) for source, where in own.items() if {call, call.lstrip('.')} & calls(source)]
        if places:
            remarks.append(f'{why} ({", ".join(places)})')
    taken = {name for source in own for name in taken_from(source, 'd2l_style')}
    graded = [where for where in assignment.solutions if assignment.points(where)]
    found = ', '.join(f'`{name}`' for where in graded for name in sorted(assignment.names[where] & taken))
    return remarks + [f'it takes the package\'s own {found}: look whether its marks are the student\'s'] * bool(found)


def _settings(cell):
    settings = cell.metadata.get('nbgrader')
    return [settings.get(name) for name in SETTINGS] if isinstance(settings, dict) else None


def _names(assignment, places):
    return ', '.join(dict.fromkeys(assignment.name(where) for where in sorted(places)))
