"""A class hands in: nbgrader gives each its marks and hints, and nobody stops the grading of the others."""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from grade import grade, report
from grader import Grader
from hand_out import student_version
from nbgrader_commands import ASSIGNMENT, NOTEBOOK, nbgrader
from preprocessors import ExecuteApart
from records import open_gradebook

from ...solutions import WRONG, source
from ...systems import grading
from .notebooks import REAL, solved
from .small import course

pytestmark = [pytest.mark.slow, grading]

ROOT = Path(__file__).resolve().parents[3]
POINTS = {'mean_content_loss': 3, 'gradient_by_differences': 3, 'centred_gram': 2, 'batch_gram': 5,
          'weighted_style_loss': 4, 'masked_tv_loss': 4, 'train_until_still': 5}
ANSWERS = {'answer_1': 2, 'answer_2': 2, 'answer_3': 2, 'answer_4': 2}
AUTOMATIC, ALL = 34, 50
MAKE_RELEASE = ('generate_assignment', ASSIGNMENT)
NO_ANSWERS = {'answer_1': "answer_1 = '?'", 'answer_2': "answer_2 = '?'",
              'answers_3_4': "answer_3, answer_4 = 'TV', 100"}


def groups():
    """Wrong solutions, one for each exercise in each notebook; all mistakes there are: tests/exercises."""
    by_exercise = {}
    for mistake, (name, *_) in WRONG.items():
        if name in POINTS:
            by_exercise.setdefault(name, []).append(mistake)
    return list(zip(*by_exercise.values()))[:2]


GROUPS = groups()


@pytest.fixture(scope='module')
def graded(tmp_path_factory):
    """The folder of a course, and {student: `Graded`}, after everybody's submission was graded."""
    folder = course(tmp_path_factory.mktemp('class') / 'course', REAL)
    nbgrader(*MAKE_RELEASE, course=folder)
    hand_in(folder)
    return folder, {one.student: one for one in grade(workers=2, course=folder)}


def hand_in(folder):
    """Everybody's notebook, in the folder submitted."""
    source_text = (folder / 'source' / ASSIGNMENT / NOTEBOOK).read_text()
    submit(folder, 'solution', source_text.replace('### BEGIN HIDDEN TESTS', ''))
    submit(folder, 'empty', (folder / 'release' / ASSIGNMENT / NOTEBOOK).read_text())
    right = nbformat.writes(solved())  # which has full marks in test_odd_handins.py
    for number, mistakes in enumerate(GROUPS):
        wrong = {WRONG[mistake][0]: source(WRONG[mistake][1]) for mistake in mistakes}
        submit(folder, f'wrong-{number}', nbformat.writes(solved(**wrong, **(NO_ANSWERS if number == 0 else {}))))
    submit(folder, 'broken-json', right[:len(right) // 2])
    submit(folder, 'another-format', json.dumps({'cells': 'none'}))
    submit(folder, 'no-checks', without_checks(right))
    (folder / 'submitted' / 'nothing' / ASSIGNMENT).mkdir(parents=True)


def submit(folder, student, text):
    file = folder / 'submitted' / student / ASSIGNMENT / NOTEBOOK
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def without_checks(text):
    """A notebook whose graded cells were emptied, or tagged as something that does not run."""
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get('nbgrader', {}).get('grade_id', '').startswith('check_'):
            cell.source, cell.metadata['tags'] = '', ['experiment', 'skip-execution']
        if cell.metadata.get('nbgrader', {}).get('grade_id') == 'batch_gram':
            cell.source = 'batch_gram = None'
    return nbformat.writes(notebook)


def marks(folder, student):
    """{cell: (score, text of its outputs)} of the automatic marks of a student."""
    notebook = nbformat.read(folder / 'autograded' / student / ASSIGNMENT / NOTEBOOK, as_version=4)
    texts = {cell.metadata['nbgrader']['grade_id']: json.dumps(cell.outputs, ensure_ascii=False)
             for cell in notebook.cells if cell.cell_type == 'code' and 'nbgrader' in cell.metadata}
    with open_gradebook(folder) as book:
        grades = book.find_submission_notebook('06_exercises', ASSIGNMENT, student).grades
        return {grade.name[6:]: (grade.auto_score, texts[grade.name]) for grade in grades if grade.name in texts}


def test_the_solution_gets_full_marks(graded):
    folder, results = graded
    assert (results['solution'].score, results['solution'].largest, results['solution'].problem) == (AUTOMATIC, ALL, '')
    assert {name: score for name, (score, _) in marks(folder, 'solution').items()} == {**POINTS, **ANSWERS}


def test_open_questions_wait_for_the_teacher(graded):
    _, results = graded
    assert results['solution'].by_hand and not results['empty'].by_hand


def test_an_empty_notebook_gets_no_marks_and_no_crash(graded):
    folder, results = graded
    assert (results['empty'].score, results['empty'].problem) == (0, '')
    assert results['empty'].remarks == ('nothing was written in it',)
    found = marks(folder, 'empty')
    assert all('nothing yet' in found[name][1] for name in POINTS)
    assert all('no answer yet' in found[name][1] for name in ANSWERS)


@pytest.mark.parametrize('number', range(len(GROUPS)))
def test_wrong_solutions_lose_their_marks_and_get_their_hints(graded, number):
    folder, results = graded
    found = marks(folder, f'wrong-{number}')
    for mistake in GROUPS[number]:
        name, _, hint = WRONG[mistake]
        assert found[name][0] == 0 and hint in found[name][1]
    assert results[f'wrong-{number}'].problem == ''


def test_the_others_keep_theirs(graded):
    folder, _ = graded
    scores = {name: score for name, (score, _) in marks(folder, 'no-checks').items()}
    assert scores == {**POINTS, **ANSWERS, 'batch_gram': 0}


def test_wrong_answers_lose_their_marks_and_say_where_to_look(graded):
    folder, _ = graded
    found = marks(folder, 'wrong-0')
    assert [found[name][0] for name in ANSWERS] == [0, 0, 0, 0]
    assert 'smallest pixel difference' in found['answer_1'][1]
    assert [score for score, _ in marks(folder, 'wrong-1').values()][-4:] == [2, 2, 2, 2]


def test_what_takes_too_long_in_all_is_not_run_any_more():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('print(1)') for _ in range(2)],
                                        metadata={'kernelspec': {'name': 'python3', 'display_name': 'Python 3'}})
    executed, _ = ExecuteApart(total=0).preprocess(notebook, {})
    assert [cell.outputs[0].ename for cell in executed.cells] == ['NotRun', 'NotRun']
    assert 'took more than 0 seconds' in executed.cells[0].outputs[0].evalue


def test_nothing_of_the_course_is_lost(graded):
    folder, _ = graded
    assert (folder / 'source' / ASSIGNMENT / NOTEBOOK).exists()
    assert len(list(folder.glob('submitted/*/*/*.ipynb'))) == len(list(folder.glob('submitted/*'))) - 1


@pytest.mark.parametrize(('student', 'words'), [
    ('broken-json', 'is cut off or damaged'), ('another-format', 'no cells'), ('nothing', 'is an empty folder')])
def test_what_is_no_notebook_is_named_and_has_no_marks(graded, student, words):
    _, results = graded
    assert words in results[student].problem
    assert results[student].score is None


def test_emptied_or_tagged_checks_come_back(graded):
    _folder, results = graded
    assert results['no-checks'].score == AUTOMATIC - POINTS['batch_gram']


def test_everybody_has_feedback_and_a_row_in_the_table(graded):
    folder, results = graded
    assert {file.parts[-3] for file in folder.glob('feedback/*/*/*.html')} == set(results)
    page = (folder / 'feedback' / 'wrong-0' / ASSIGNMENT / '06_exercises.html').read_text()
    assert 'are added up' in page and 'Traceback (most' not in page
    table = pd.read_csv(folder / 'grades.csv').set_index('student_id')
    assert table['score'].dropna().to_dict() == {name: one.score for name, one in results.items() if not one.problem}
    assert table['problem'].dropna().to_dict() == {name: one.problem for name, one in results.items() if one.problem}


def test_no_page_shows_a_hidden_test_or_an_answer_of_the_key(graded):
    folder, results = graded
    cells = nbformat.read(folder / 'source' / ASSIGNMENT / NOTEBOOK, as_version=4).cells
    hidden, key = ({line.strip() for cell in cells for part in re.findall(
        rf'### BEGIN {kind}\n(.*?)### END {kind}', cell.source, re.DOTALL) for line in part.splitlines()}
        for kind in ('HIDDEN TESTS', 'SOLUTION'))
    assert len(hidden) > len(POINTS) + len(ANSWERS) and len(key) > 20
    released = (folder / 'release' / ASSIGNMENT / NOTEBOOK).read_text()
    for student in set(results) - {'solution'}:
        text = (folder / 'feedback' / student / ASSIGNMENT / '06_exercises.html').read_text()
        page = BeautifulSoup(text, 'html.parser')
        shown = {line.strip() for line in page.get_text().splitlines()}
        assert not [line for line in hidden if line and any(line in one for one in shown)], student
        assert student != 'empty' or not [line for line in key & shown if line and line not in released]
    text = (folder / 'feedback' / 'empty' / ASSIGNMENT / '06_exercises.html').read_text()
    assert 'mark_answer' not in text and all(f'check_{name}' in text for name in [*POINTS, *ANSWERS])


def test_a_grader_that_fails_is_named_and_leaves_its_log(graded, monkeypatch):
    folder, _ = graded
    log = folder / 'logs' / 'empty.txt'
    with Grader(folder, ASSIGNMENT, threads=1) as grader:
        monkeypatch.setattr('grader.PATIENCE', 0.1)
        assert grader.grade('empty', log) == 'took more than 0.1 seconds: see logs/empty.txt'
        monkeypatch.setattr('grader.PATIENCE', 60)
        assert grader.grade('nobody', log) == 'nbgrader could not grade it: see logs/empty.txt'
        assert 'nobody' in log.read_text()


def test_the_report_names_problems(graded, capsys):
    _, results = graded
    report(list(results.values()))
    printed = capsys.readouterr().out
    assert f'3 of {len(results)} could not be graded' in printed
    assert 'not graded   PROBLEM: broken-json/style_transfer/06_exercises.ipynb is cut off' in printed


def test_the_student_version_is_in_step_with_its_source(graded, tmp_path, monkeypatch):
    def as_before(*words, course):
        """What the same words have made at the beginning."""
        assert words == MAKE_RELEASE
        shutil.copytree(graded[0] / 'release', course / 'release')
    monkeypatch.setattr('hand_out.nbgrader', as_before)
    student_version(tmp_path / 'new.ipynb')
    new, stored = (nbformat.read(file, as_version=4).cells
                   for file in (tmp_path / 'new.ipynb', ROOT / 'notebooks' / NOTEBOOK))
    assert [(cell.cell_type, cell.source, cell.metadata) for cell in stored] == [
        (cell.cell_type, cell.source, cell.metadata) for cell in new], 'call make exercises'
    text = (ROOT / 'notebooks' / NOTEBOOK).read_text()
    assert 'BEGIN' not in text and 'mark_answer' not in text and 'idxmin' not in text


def test_graded_cells_need_no_widgets():
    cells = nbformat.read(ROOT / 'classroom' / 'course' / 'source' / ASSIGNMENT / NOTEBOOK, as_version=4).cells
    graded = [cell for cell in cells if 'nbgrader' in cell.metadata]
    assert graded and not any('widget' in cell.source for cell in graded)
    assert sum(cell.metadata['nbgrader'].get('points', 0) for cell in graded) == ALL


def test_the_program_says_what_to_do_without_submissions(tmp_path):
    with pytest.raises(SystemExit, match='nothing was handed in'):
        grade(course=tmp_path)
    program = str(ROOT / 'classroom' / 'course' / 'course.py')
    assert 'release' in subprocess.run([sys.executable, program, '--help'], capture_output=True, text=True).stdout
