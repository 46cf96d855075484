"""From what a student handed in to a notebook that nbgrader can grade, and remarks on what was done to it.

The released assignment is the frame: each of its graded cells and checks comes once, as released, in its order, with
what the student wrote in it. Everything else that the student wrote stays and runs where it stood.
"""
import ast
import copy
import re
import warnings
from bisect import bisect_left
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from apart import EXPERIMENT
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import from_dict
from nbformat.v4 import new_notebook
from reading import AGAIN, Unreadable, read_cells

SETTINGS = ('grade_id', 'grade', 'solution', 'locked', 'points')  # nbgrader's, of a cell
INSTALLS = re.compile(r'^\s*[%!].*\b(pip3?|conda|mamba|uv)\b.*\binstall\b', re.MULTILINE)
BEGINS = re.compile(r'^(?:async )?(?:def|class)\s+(\w+)|^(\w+)\s*=', re.MULTILINE)
HALVES = 4  # cells that a split solution is looked for in


def normalise(content, released):
    """A notebook to grade, and a list of remarks, each a sentence for teacher and student.

    `content`: the bytes that were handed in. `released`: the notebook that was handed out, with nbgrader's metadata.
    Raises `reading.Unreadable` for a file without cells and for another notebook.
    """
    cells, remarks = read_cells(content)
    work = Work(cells, Assignment(released))
    for where in work.assignment.solutions:
        _choose_solution(work, where)
    for where in work.assignment.questions:
        _choose_question(work, where)
    notebook = new_notebook(cells=_in_order(work), metadata=copy.deepcopy(released.metadata))
    return notebook, remarks + _remarks(work)


def written(content, released):
    """How much of an assignment there is in a file: (solutions and questions that were found, that were written)."""
    try:
        cells, _ = read_cells(content)
        work = Work(cells, Assignment(released))
    except Unreadable:
        return 0, 0
    filled = [where for where in work.assignment.tasks if any(work.is_written(own, where) for own in work.found[where])]
    return sum(bool(work.found[where]) for where in work.assignment.tasks), len(filled)


class Assignment:
    """The released notebook; a cell of it is called by its position."""

    def __init__(self, released):
        self.cells = released.cells
        self.settings = [cell.metadata.get('nbgrader', {}) for cell in self.cells]
        known = [where for where, settings in enumerate(self.settings) if settings]
        self.at = {self.settings[where]['grade_id']: where for where in known}
        self.solutions = [where for where in known if self._is(where, solution=True, grade=False)]
        self.questions = [where for where in known if self._is(where, solution=True, grade=True)]
        self.tasks = sorted(self.solutions + self.questions)
        self.checks = [where for where in known if self._is(where, solution=False, grade=True)]
        self.imports = [where for where, cell in enumerate(self.cells) if self._sets_up(where, cell)]
        self.fixed = {*known, *self.imports} - {*self.tasks}  # run as released, whatever became of them
        self.names = {where: defined(self.cells[where].source) for where in self.solutions}

    def _is(self, where, **settings):
        return all(self.settings[where].get(name) == value for name, value in settings.items())

    def _sets_up(self, where, cell):
        """Whether a cell is neither text, nor graded, nor an experiment: the imports."""
        return cell.cell_type == 'code' and not self.settings[where] and EXPERIMENT not in cell.metadata.get('tags', [])

    def checks_of(self, where):
        """The checks between the solution at `where` and the next one."""
        after = [other for other in self.solutions if other > where]
        return [check for check in self.checks if where < check < min(after, default=len(self.cells))]

    def points(self, where):
        """What can be lost with the cell at `where`."""
        counted = [where] if where in self.questions else self.checks_of(where)
        return sum(self.settings[one]['points'] for one in counted)

    def name(self, where):
        """What a remark calls a cell."""
        name = self.settings[where].get('grade_id', '')
        check = f'the check of `{name.removeprefix("check_")}`' if where in self.checks else ''
        return check or (f'`{name}`' if name else 'the imports at the top')


@dataclass
class Work:
    """A student's cells, which of them belong to which cell of the assignment, and what becomes of them."""

    cells: list
    assignment: Assignment
    found: dict = field(init=False)  # released position: positions of the student's cells, in their order
    text: dict = field(default_factory=dict)  # released position: source, where it is not that of the last one found
    chosen: dict = field(default_factory=dict)  # released position: the student's cell that stands there
    left_out: set = field(default_factory=set)  # the student's cells that are in another one now
    said: dict = field(default_factory=dict)  # what was done: the names of the cells

    def __post_init__(self):
        self.found = match(self.cells, self.assignment)

    def say(self, what, where):
        """Keep for the remarks that `what` was done to the released cell at `where`."""
        self.said.setdefault(what, []).append(where)

    def is_written(self, own, where):
        """Whether there is more in a student's cell than in the released one."""
        return bool(self.cells[own].source.strip()) and not same(self.cells[own].source,
                                                                 self.assignment.cells[where].source)

    def is_free(self, own):
        """Whether the student's cell `own` is there and none of the assignment's."""
        return own < len(self.cells) and not any(own in found for found in self.found.values())

    def end_of(self, where):
        """The position of the student's cell before which the solution at `where` has to run: its check's, or so."""
        after = [found[-1] for other, found in self.found.items() if found and other in
                 self.assignment.checks_of(where)[:1]]
        return min(after, default=len(self.cells))


# Which cell is which

def match(cells, assignment):
    """{position in the assignment: positions in `cells`}, by what they define, by ids, by words, by their places.

    Raises `Unreadable` where nothing but the names of functions, which other notebooks have too, tells the assignment.
    """
    found = {where: [] for where in range(len(assignment.cells))}
    free = dict(enumerate(cells))
    told = _match_by_id(found, free, assignment)
    told += _match_by_text(found, free, assignment)
    if not told:
        title = next((cell.source.strip().splitlines()[0].lstrip('# ') for cell in cells if cell.source.strip()), '')
        raise Unreadable(f'is another notebook ("{title[:60]}"), not the exercises: {AGAIN} of the exercises')
    _match_by_place(found, free, assignment)
    return {where: sorted(own) for where, own in found.items()}


def _match_by_id(found, free, assignment):
    """Cells that say what they are, in code or metadata; returns how many of them only the assignment has."""
    of_id = {cell.id: where for where, cell in enumerate(assignment.cells)}
    told = 0
    for own, cell in list(free.items()):
        settings = cell.metadata.get('nbgrader')
        by_grader = assignment.at.get(settings.get('grade_id')) if isinstance(settings, dict) and isinstance(
            settings.get('grade_id'), str) else None
        by_id = of_id.get(cell.id)
        says = by_grader if by_grader is not None else by_id
        defines = [where for where in assignment.solutions if assignment.names[where] & defined(cell.source)]
        if says in assignment.solutions or says is None:
            says = says if says in defines or not defines else defines[0]
        if says is None or (not assignment.settings[says] and assignment.cells[says].cell_type != cell.cell_type):
            continue
        told += by_grader is not None or (by_id is not None and bool(assignment.settings[by_id])) or any(
            assignment.cells[where].source.splitlines()[1] in cell.source for where in defines)
        found[says].append(own)
        del free[own]
    return told


def _match_by_text(found, free, assignment):
    """Cells that have the words of a released one; returns how many."""
    told = 0
    for where, released in enumerate(assignment.cells):
        if found[where]:
            continue
        alike = [own for own, cell in free.items() if _has_words(cell, released, bool(assignment.settings[where]))]
        if alike:
            found[where].append(alike[0])
            cells_text = free.pop(alike[0]).source
            told += len(released.source) > 100 and same(cells_text, released.source)
    return told


def _has_words(cell, released, graded):
    text, words = cell.source.strip(), released.source.strip()
    if same(text, words):
        return True
    if not graded and cell.cell_type != released.cell_type:
        return False
    mark = words.splitlines()[-1] if released.cell_type == 'code' else words[:60]  # what is asked, of a question
    if graded and len(mark) > 10 and mark in text:
        return True
    matcher = SequenceMatcher(None, text.splitlines(), words.splitlines(), autojunk=False)
    return len(words.splitlines()) > 3 and matcher.real_quick_ratio() > 0.6 and matcher.ratio() > 0.6


def _match_by_place(found, free, assignment):
    """A task that was not found is what stands between its neighbours, is of its kind and belongs to no other."""
    for where in assignment.tasks:
        if found[where]:
            continue
        above = [other for other in range(where) if found[other]]
        if any(other in assignment.tasks for other in range(max(above, default=-1) + 1, where)):
            continue  # two are missing here, and this could be either
        before = max(found[above[-1]]) if above else -1
        after = min((min(own) for other, own in found.items() if own and other > where), default=before)
        kind = assignment.cells[where].cell_type
        between = [own for own, cell in free.items() if before < own < after and cell.cell_type == kind]
        if between:
            found[where].append(between[-1])
            del free[between[-1]]


# What counts

def _choose_solution(work, where):
    """The code that counts: the last that was written before its check, also in halves or in another cell."""
    assignment, found = work.assignment, work.found[where]
    halves = _halves(work, where)
    if halves:
        work.text[where] = '\n'.join(work.cells[own].source for own in halves)
        work.chosen[where] = halves[0]
        work.left_out.update(halves[1:])
        work.say('stood in several cells, which were joined', where)
        return
    ready = [own for own in found if work.is_written(own, where)]
    before = [own for own in ready if own < work.end_of(where)]
    work.left_out.update(own for own in found if own not in ready)  # else what is empty runs after what is written
    if ready:
        work.chosen[where] = (before or ready)[-1]
        if len(ready) > 1:
            work.say('was there more than once: the last before its check counts', where)
        elif not before:
            work.say('was written below its check, and runs before it', where)
        return
    if found:
        work.chosen[where] = found[-1]
    elsewhere = _elsewhere(work, where)
    if elsewhere:
        work.text[where] = elsewhere
        work.say('was written in another cell, which counts', where)
    elif not found and assignment.points(where):
        work.say('was not found, which costs its points', where)


def _halves(work, where):
    """Cells in a row that are a solution only together, or ()."""
    names = work.assignment.names[where]
    for first in work.found[where]:
        row = [first]
        while len(row) < HALVES and (row[-1] + 1 in work.found[where] or work.is_free(row[-1] + 1)):
            row.append(row[-1] + 1)
            parts = [work.cells[own].source for own in row]
            whole = '\n'.join(parts)
            if not all(map(compiles, parts)) and compiles(whole) and names <= defined(whole):
                return row
    return ()


def _elsewhere(work, where):
    """The lines that define what the solution at `where` has to, from other cells of the student's, or ''."""
    names = work.assignment.names[where]
    cells = [(own, cell) for own, cell in enumerate(work.cells) if own not in work.found[where] and
             cell.cell_type == 'code' and names & defined(cell.source)]
    before = [(own, cell) for own, cell in cells if own < work.end_of(where)]
    if not cells:
        return ''
    own, cell = (before or cells)[-1]
    return cell.source if work.is_free(own) else definitions(cell.source, names)  # not a whole experiment


def _choose_question(work, where):
    """The answer that counts; one in a cell of its own below the question is brought into it."""
    found = work.found[where]
    ready = [own for own in found if work.is_written(own, where)]
    if found:
        work.chosen[where] = (ready or found)[-1]
        work.left_out.update(own for own in found if own not in ready)
    if ready:
        return
    below = []
    while found and work.is_free(found[-1] + 1 + len(below)) and _is_prose(work.cells[found[-1] + 1 + len(below)]):
        below.append(found[-1] + 1 + len(below))
    if below:
        answer = [work.cells[own].source for own in below]
        work.text[where] = '\n\n'.join([work.assignment.cells[where].source, *answer])
        work.left_out.update(below)
        work.say('was answered in a cell below it, which counts', where)
    elif not found:
        work.say('was not found, which costs its points', where)


def _is_prose(cell):
    return cell.cell_type != 'code' or not compiles(cell.source)


# The notebook that is graded

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
    last_check = max(assignment.checks)
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
    if own and 'attachments' in own and cell.cell_type == 'markdown':
        cell.attachments = own.attachments
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


# Remarks

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
    if any(cell.cell_type == 'code' and INSTALLS.search(cell.source) for cell in work.cells):
        remarks.append('it installs packages: nothing was installed, it is graded with those of the course')
    if not work.text and not any(work.is_written(own, where)
                                 for where in assignment.tasks for own in work.found[where]):
        remarks.append('nothing was written in it')
    return remarks


def _settings(cell):
    settings = cell.metadata.get('nbgrader')
    return [settings.get(name) for name in SETTINGS] if isinstance(settings, dict) else None


def _names(assignment, places):
    return ', '.join(dict.fromkeys(assignment.name(where) for where in sorted(places)))


# Code, without running it

def same(text, other):
    """Whether two texts differ in spaces and line ends only."""
    return text.split() == other.split()


def compiles(source):
    """Whether a cell is Python, IPython's magics included."""
    return _tree(source) is not None


@lru_cache(5000)
def defined(source):
    """The names that a cell defines at its top level: functions, classes, variables; in broken code by their looks."""
    tree = _tree(source)
    if tree is None:
        return {function or variable for function, variable in BEGINS.findall(source)}
    return {name for statement in _statements(tree) for name in _names_of(statement)}


def definitions(source, names):
    """The statements of a cell that define one of `names`; all of a cell that is not Python."""
    tree, lines = _tree(source), _python(source).splitlines()
    if tree is None:
        return source
    wanted = [statement for statement in tree.body if names & {
        name for inner in _statements(ast.Module([statement], [])) for name in _names_of(inner)}]
    starts = [min([one.lineno, *(mark.lineno for mark in getattr(one, 'decorator_list', []))]) for one in wanted]
    return '\n'.join('\n'.join(lines[start - 1:one.end_lineno]) for start, one in zip(starts, wanted))


def _python(source):
    return TransformerManager().transform_cell(re.sub(r'\A\s*%%(time|capture|timeit).*\n', '', source))


@lru_cache(5000)
def _tree(source):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            code = _python(source)
            compile(code, 'cell', 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statements(tree):
    """The statements that run at the top level, also those in an `if`, a `with` or a `try`."""
    for statement in tree.body:
        yield statement
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ('body', 'orelse', 'finalbody'):
                yield from _statements(ast.Module(getattr(statement, part, []), []))


def _names_of(statement):
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, 'target', None)]
    return {node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)}
