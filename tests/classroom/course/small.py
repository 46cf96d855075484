"""The exercises with other functions, which need no MXNet: for all that is done to a hand-in before it is marked.

Cells, names, points, open questions and texts are those of the real ones; of part 3 there is its question only.
"""
import copy

import nbformat
from hand_out import copy_to
from nbgrader.utils import is_grade
from nbgrader_commands import ASSIGNMENT, NOTEBOOK

from .notebooks import REAL, Exercises, name_of

# only what never ends is cut off: a test must not depend on how busy the machine is
SETTINGS = """
c.ExecuteApart.timeout_func = lambda cell: {seconds} if {slow!r} in cell.source else 600
c.ExecuteApart.total = 3000
"""
# for hand-ins that all become one and the same notebook: it is executed once, and nbgrader gives marks to each
ONCE = """
import hashlib
import nbformat

class ExecuteOnce(preprocessors.ExecuteApart):
    def preprocess(self, nb, resources, km=None):
        done = COURSE / 'executed' / hashlib.sha256(nbformat.writes(nb).encode()).hexdigest()
        if not done.exists():
            nb, resources = super().preprocess(nb, resources, km)
            done.parent.mkdir(exist_ok=True)
            half = done.with_suffix(f'.{os.getpid()}')  # another process must not read it before it is whole
            half.write_text(nbformat.writes(nb))
            half.replace(done)
        return nbformat.read(done, as_version=4), resources

c.Autograde.autograde_preprocessors[0] = ExecuteOnce
"""
SQUARE = 'def {name}(X):\n    X = abs(X)\n    Y = {square}\n    X = Y\n    return X'
CHECK = '''print('a check of {name}')
### BEGIN HIDDEN TESTS
assert {name}({argument}) == {right!r}, 'another number: {name} is wrong'
### END HIDDEN TESTS'''
ANSWERS = {'answer_1': 'conv1_1', 'answer_2': 'one', 'answer_3': 'style', 'answer_4': 1}
SOURCES = {'cell-01': "content_name = 'mountain_lake'", 'cell-02': 'import math',
           'package_gram': 'from math import fabs as gram', 'package_losses': 'from math import fabs as style_loss'}


def small(notebook, hidden):
    """A copy of the exercises with the small cells; `hidden`: with their hidden tests."""
    notebook = copy.deepcopy(notebook)
    part_3 = next(where for where, cell in enumerate(notebook.cells) if 'part-3' in cell.metadata.get('tags', []))
    notebook.cells[part_3:] = filter(name_of, notebook.cells[part_3:])
    for cell in notebook.cells:
        name = name_of(cell) or cell.id
        cell.source = SOURCES.get(name, cell.source)
        if cell.cell_type == 'code':
            cell.outputs = []  # pictures of the experiments
        if name.startswith('check_'):
            cell.source = CHECK.format(name=name.removeprefix('check_'), argument=-3, right=9)
        if name.startswith('check_answer'):
            cell.source = cell.source.replace('(-3) == 9', f' == {ANSWERS[name.removeprefix("check_")]!r}')
        if not (hidden and is_grade(cell)):
            cell.source = cell.source.split('\n### BEGIN HIDDEN')[0]
    return notebook


SMALL = Exercises(small(REAL.released, hidden=False), {
    name: SQUARE.format(name=name, square='X * X' if name != 'train_until_still' else 'math.prod([X, X])')
    for name in REAL.right})


def course(folder, exercises, slow='nothing is slow', seconds=5, once=False):
    """A course in the new folder `folder`, which is returned; cells with the text `slow` are stopped soon.

    `once`: what becomes one and the same notebook is executed once.
    """
    folder = copy_to(folder)
    settings = folder / 'nbgrader_config.py'
    settings.write_text(settings.read_text() + SETTINGS.format(slow=slow, seconds=seconds) + ONCE * once)
    if exercises is SMALL:
        file = folder / 'source' / ASSIGNMENT / NOTEBOOK
        nbformat.write(small(nbformat.read(file, as_version=4), hidden=True), file)
    return folder
