"""What a student handed in becomes a notebook that can be graded, and each thing that was done to it is said."""
import copy

import nbformat
import pytest
from cell_code import defined
from choose import written
from nbformat.v4 import new_markdown_cell, new_raw_cell
from nbgrader.nbgraderformat import MetadataValidator
from reading import Unreadable
from restore import restore

from ...solutions import RIGHT, source
from .notebooks import (
    RELEASED,
    ROOT,
    WRONG_GRAM,
    all_in_one_cell,
    answered_in_the_experiment,
    as_document,
    at,
    content,
    edited,
    first_graded,
    moved,
    name_of,
    of_another_kind,
    only_code,
    own_copy,
    parted,
    released_source,
    solved,
    split,
    twice,
    with_odd_settings,
    with_own_cell,
    with_settings,
    with_tags_that_skip,
    without,
    without_anything,
    without_checks,
    without_metadata,
    without_metadata_of_checks,
    written_in_a_new_cell,
)

GRADED = first_graded(RELEASED)
NAMES = [name_of(cell) for cell in RELEASED.cells if name_of(cell)]
EDITS = {  # what happened, and what is said: the cells that count are those of the solution all the same
    'nothing': (lambda notebook: None, ()),
    'metadata gone': (without_metadata, ['45 cells were gone']),
    'metadata and ids gone': (without_anything, ['45 cells were gone']),
    'metadata of checks gone': (without_metadata_of_checks, ['18 cells were gone']),
    'grade_id renamed': (with_settings(grade_id='my_gram'), ['a cell were gone or changed']),
    'grade_id of another cell': (with_settings(grade_id='masked_tv_loss'), ['a cell were gone or changed']),
    'points changed': (with_settings(points=500, grade=True), ['a cell were gone or changed']),
    'metadata a list': (with_odd_settings([1, 2]), ['3 cells were gone']),
    'metadata empty': (with_odd_settings({}), ['3 cells were gone']),
    'metadata of numbers': (with_odd_settings({'grade_id': 5, 'points': 'many'}), ['3 cells were gone']),
    'tags': (with_tags_that_skip, ()),
    'check deleted': (without('check_batch_gram'), ['put back, as released: the check of `batch_gram`']),
    'all checks deleted': (without_checks, ['the check of `train_until_still`', 'the check of `answer_4`']),
    'text deleted': (only_code, ['`question_1`', 'points (16)']),
    'imports deleted': (without('cell-01', 'cell-02'), ['put back, as released: the imports']),
    'pasted twice': (twice('batch_gram'), ['`batch_gram` was there more than once']),
    'right after wrong': (twice('batch_gram', first=WRONG_GRAM), ['`batch_gram` was there more than once']),
    'empty after right': (twice('batch_gram', second=released_source('batch_gram')), ()),
    'check twice': (twice('check_batch_gram'), ()),
    'split in the function': (split('batch_gram', 2), ['`batch_gram` stood in several cells']),
    'split, half without metadata': (split('train_until_still', 4, keep_metadata=False),
                                     ['`train_until_still` stood in several cells']),
    'split by a text': (parted('batch_gram', 2, new_markdown_cell('And now:')),
                        ['`batch_gram` stood in several cells']),
    'split by two cells': (parted('batch_gram', 3, new_raw_cell('x'), new_markdown_cell('y')),
                           ['`batch_gram` stood in several']),
    'split, half without metadata, by a text': (
        parted('train_until_still', 4, new_markdown_cell('So:'), keep_metadata=False),
        ['`train_until_still` stood in several cells']),
    'check behind the import': (moved('check_batch_gram', 'weighted_style_loss'),
                                ['the check of `batch_gram` stood elsewhere']),
    'solution moved': (moved('batch_gram', 'weighted_style_loss'), ['`batch_gram` was written below its check']),
    'written below the check': (written_in_a_new_cell('batch_gram', 'check_batch_gram'),
                                ['`batch_gram` was written below its check']),
    'written at the end': (written_in_a_new_cell('batch_gram', 'question_4'),
                           ['`batch_gram` was written below its check']),
    'written in a new cell': (written_in_a_new_cell('batch_gram', 'batch_gram'), ()),
    'all in one cell': (all_in_one_cell, ['was written in another cell']),
    'answer in the experiment': (answered_in_the_experiment, ['`answer_1` was written in another cell']),
    'code became text': (of_another_kind('batch_gram', 'markdown'), ['another kind of cell']),
    'code became raw': (of_another_kind('batch_gram', 'raw'), ['another kind of cell']),
    'text became code': (of_another_kind('question_1', 'code'), ['another kind of cell']),
}


@pytest.mark.parametrize(('text', 'words'), [
    ('from mxnet import npx\nnpx.set_np()', '`npx.set_np()` gives MXNet other arrays'),
    ('import mxnet as mx\nmx.util.set_np()', 'set_np'), ('@mx.util.use_np\ndef f(): pass', '`use_np`'),
    ('name = input("Your name? ")', "`input()` can't be used here"), ('def f():\n    return int(input())', 'input()'),
    (f'from d2l_style import {GRADED} as theirs', f"the package's own `{GRADED}`"),
    (f'import d2l_style as d\nd.{GRADED}', f'own `{GRADED}`'),
    (f'from d2l_style import losses\nlosses.{GRADED}', f'own `{GRADED}`'),
    (f'import d2l_style.losses as L\nL.{GRADED}', f'own `{GRADED}`')])
def test_what_costs_or_gives_marks_unseen_is_named(text, words):
    [remark] = restore(content(edited(with_own_cell(text))), RELEASED)[1]
    assert words in remark
    assert 'begins' in remark or 'own' in remark
    assert not restore(content(edited(with_own_cell('# set_np() and input() are words'))), RELEASED)[1]


def test_modules_beside_the_notebook_are_taken_along_or_named():
    notebook = edited(with_own_cell('from helper import two\nimport os, other\nimport numpy', before='postprocess'))
    modules = {'helper.py': 'two = 2', 'other.py': 'one = 1', 'numpy.py': '', 'unused.py': '', 'match.py': ''}
    made, remarks = restore(content(notebook), RELEASED, modules=modules)
    assert [cell.source for cell in made.cells[:2]] == [
        '%%writefile helper.py\ntwo = 2', '%%writefile other.py\none = 1']
    said = ' | '.join(remarks)
    assert 'helper.py lies beside it, and is taken along' in said and 'it would hide the installed numpy' in said
    assert 'unused.py lies beside it, and is not imported' in said and len(remarks) == 5


def graded(notebook):
    """{nbgrader's name: source} of a notebook, the last of those with one name."""
    return {name_of(cell): cell.source for cell in notebook.cells if name_of(cell)}


@pytest.mark.parametrize('happened', EDITS)
def test_an_edit_is_undone_and_named(happened):
    edit, said = EDITS[happened]
    notebook, remarks = restore(content(edited(edit)), RELEASED)
    MetadataValidator().validate_nb(notebook)
    nbformat.validate(notebook)
    assert [name_of(cell) for cell in notebook.cells if name_of(cell)] == NAMES
    right = solved()
    defines = {name: defined(cell) for name, cell in graded(right).items()}
    for name, text in graded(notebook).items():
        assert name not in RIGHT or (defines[name] <= defined(text) and source(RIGHT[name]) in text), name
    assert all(words in ' | '.join(remarks) for words in said), remarks
    assert len(remarks) == len(said) or len(said) > 1


def test_nothing_is_changed_where_nothing_is_wrong():
    notebook, remarks = restore(content(solved()), RELEASED)
    assert [(cell.id, cell.source, cell.metadata, cell.get('outputs')) for cell in notebook.cells] == [
        (cell.id, cell.source, cell.metadata, cell.get('outputs')) for cell in solved().cells]
    assert notebook.metadata == RELEASED.metadata and not remarks
    assert restore(content(notebook), RELEASED)[0] == notebook


def test_the_last_that_runs_before_its_check_counts():
    wrong_last = edited(twice('batch_gram', second=WRONG_GRAM))
    assert graded(restore(content(wrong_last), RELEASED)[0])['batch_gram'] == WRONG_GRAM
    wrong_below = edited(with_own_cell(WRONG_GRAM, before='weighted_style_loss'))
    assert graded(restore(content(wrong_below), RELEASED)[0])['batch_gram'] == source(RIGHT['batch_gram'])


def test_a_missing_solution_costs_its_points_and_is_named():
    notebook, remarks = restore(content(edited(without('batch_gram', 'question_2'))), RELEASED)
    assert graded(notebook)['batch_gram'] == released_source('batch_gram')
    assert remarks == ['`batch_gram`, `question_2` was not found, which costs its points (9)']


def test_an_answer_below_its_question_is_brought_into_it():
    notebook, remarks = restore(content(edited(written_in_a_new_cell('question_1', 'question_1'))), RELEASED)
    assert graded(notebook)['question_1'] == released_source('question_1') + '\n\nconv4_4, because of the shapes.'
    assert remarks == ['`question_1` was answered in a cell below it, which counts']


def test_cells_of_the_students_stay_where_they_were():
    notebook, remarks = restore(content(edited(with_own_cell('helper = 1'))), RELEASED)
    own = next(where for where, cell in enumerate(notebook.cells) if cell.source == 'helper = 1')
    assert own == at(notebook, 'batch_gram') - 1 and notebook.cells[own].metadata == {} and not remarks
    below = edited(with_own_cell('sweep()', before='question_4'))
    late = next(cell for cell in restore(content(below), RELEASED)[0].cells if cell.source == 'sweep()')
    assert late.metadata.tags == ['experiment']  # nothing is graded after it


def test_changed_imports_run_after_the_released_ones():
    def edit(notebook):
        notebook.cells[2].source = 'import torch'
    notebook, _ = restore(content(edited(edit)), RELEASED)
    assert [cell.source for cell in notebook.cells[2:4]] == [RELEASED.cells[2].source, 'import torch']


def test_changed_checks_are_as_released():
    def edit(notebook):
        notebook.cells[at(notebook, 'check_batch_gram')].source = 'pass'
    notebook, remarks = restore(content(edited(edit)), RELEASED)
    assert graded(notebook)['check_batch_gram'] == released_source('check_batch_gram')
    assert remarks == ['changed, and run as released: the check of `batch_gram`']


def test_what_is_installed_is_named():
    for line in ('%pip install numpy==1.0', '!pip install torch', '!uv pip install x'):
        assert 'installs packages' in restore(content(edited(with_own_cell(line))), RELEASED)[1][0]


def test_widgets_and_kernels_of_other_editors_are_left_behind():
    def change(document):
        document['metadata'] = {'widgets': {'application/vnd.jupyter.widget-state+json': {'x': 1}},
                                'kernelspec': {'name': 'ir', 'display_name': 'R'}}
    assert restore(as_document(change), RELEASED)[0].metadata == RELEASED.metadata


def test_pictures_in_answers_and_outputs_of_experiments_stay():
    notebook = solved()
    notebook.cells[at(notebook, 'question_1')]['attachments'] = {'a.png': {'image/png': 'aGk='}}
    experiment = next(where for where, cell in enumerate(notebook.cells) if cell.id == 'cell-17')
    notebook.cells[experiment].outputs = [nbformat.v4.new_output('stream', text='a table')]
    made, _ = restore(content(notebook), RELEASED)
    assert made.cells[at(made, 'question_1')].attachments == {'a.png': {'image/png': 'aGk='}}
    assert made.cells[experiment].outputs[0].text == 'a table'


def test_two_cells_with_one_id_become_two():
    def edit(notebook):
        notebook.cells.insert(at(notebook, 'batch_gram'), copy.deepcopy(own_copy(notebook.cells[5], source='x = 1')))
        notebook.cells[at(notebook, 'batch_gram') - 1].id = notebook.cells[5].id
    made, _ = restore(content(edited(edit)), RELEASED)
    assert len({cell.id for cell in made.cells}) == len(made.cells)


@pytest.mark.parametrize('file', sorted(ROOT.glob('notebooks/0[!6]*.ipynb')), ids=lambda file: file.stem)
def test_another_notebook_is_called_so(file):
    with pytest.raises(Unreadable, match='another notebook'):
        restore(file.read_bytes(), RELEASED)
    assert written(file.read_bytes(), RELEASED) == (0, 0)


def test_a_notebook_that_has_lost_all_exercises_is_called_so():
    def only_the_title(notebook):
        notebook.cells = notebook.cells[:1]
    with pytest.raises(Unreadable, match='begins as the exercises do, but has none of their cells'):
        restore(content(edited(only_the_title)), RELEASED)
    with pytest.raises(Unreadable, match='another notebook, without a word in it'):
        restore(b'{"cells": []}', RELEASED)


def test_what_was_written_is_counted():
    assert written(content(RELEASED), RELEASED) == (25, 0)
    assert written(content(solved()), RELEASED) == (25, 21)
    assert restore(content(RELEASED), RELEASED)[1] == ['nothing was written in it']
