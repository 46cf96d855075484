"""Submissions that take over the kernel, and hand-ins that come again: with exercises that need no MXNet."""
import os
from dataclasses import dataclass

import nbformat
import psutil
import pytest
from grade import grade
from grader import Grader
from nbgrader_commands import ASSIGNMENT, NOTEBOOK
from records import open_gradebook

from ...systems import grading
from .notebooks import at, solved
from .small import SMALL, course
from .test_grading import AUTOMATIC, POINTS, submit

pytestmark = [pytest.mark.slow, grading]

WITHOUT_GRAM = AUTOMATIC - POINTS['batch_gram']
BEFORE_GRAM = POINTS['mean_content_loss'] + POINTS['gradient_by_differences'] + POINTS['centred_gram']
SECONDS = f'54321.{os.getpid()}'  # no other run of these tests has this one
TAKES_OVER = {  # source of the cell `batch_gram`: what it does to those who run it, and the marks that are left
    'endless-loop': ('while True:\n    pass', WITHOUT_GRAM),
    'deaf-loop': ('''import time
while True:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        pass''', BEFORE_GRAM),
    'ends-the-kernel': ('import os\nos._exit(0)', BEFORE_GRAM),
    'deletes-its-home': ('import shutil\nfrom pathlib import Path\nshutil.rmtree(Path.home(), ignore_errors=True)',
                         WITHOUT_GRAM),
    'takes-all-memory': ('import mmap\nhog = [mmap.mmap(-1, 10**9) for _ in range(1000)]\n' + SMALL.right['batch_gram'],
                         WITHOUT_GRAM),
    'deletes-files': ('''import shutil
from pathlib import Path
from zipfile import ZipFile
for folder in (Path.cwd(), Path.home()):
    for file in folder.iterdir():
        shutil.rmtree(file, ignore_errors=True) if file.is_dir() else file.unlink()''', WITHOUT_GRAM),
    'leaves-a-process': ('''import subprocess
subprocess.Popen(['sleep', 'SECONDS'], start_new_session=True)'''.replace('SECONDS', SECONDS),
                         WITHOUT_GRAM),
    'reads-the-tests': ('''from pathlib import Path
from zipfile import ZipFile
found = [str(file) for folder in ('.', '..') for file in Path(folder).rglob('*06_exercises*')]
print('found', found)
assert not found''', WITHOUT_GRAM),
    'spoils-the-fonts': ('import matplotlib\nfrom pathlib import Path\n'
                         'file = Path(matplotlib.get_cachedir(), "fontlist-1.json")\n'
                         'print("found", file.read_text())\nfile.write_text("spoilt")', WITHOUT_GRAM),
}


def right(**instead):
    return nbformat.writes(solved(SMALL, **instead))


@pytest.fixture(scope='module')
def graded(tmp_path_factory):
    """The folder of a course, and {student: `Graded`}, after the submissions that take over were graded."""
    folder = course(tmp_path_factory.mktemp('class') / 'course', SMALL, slow='while True')
    for name, (text, _) in TAKES_OVER.items():
        submit(folder, name, right(batch_gram=text))
    for name in ('changes', 'leaves', 'stays'):
        submit(folder, name, right())
    (folder / 'fontlist-1.json').write_text('of all')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('matplotlib.get_cachedir', lambda: str(folder))
        return folder, {one.student: one for one in grade(workers=2, course=folder)}


@pytest.mark.parametrize('student', TAKES_OVER)
def test_what_takes_over_the_kernel_loses_its_own_marks(graded, student):
    _folder, results = graded
    assert (results[student].score, results[student].problem) == (TAKES_OVER[student][1], '')


def test_no_process_is_left(graded):
    assert not any(process.info['cmdline'] == ['sleep', SECONDS] for process in psutil.process_iter(['cmdline']))


def test_nothing_of_the_course_was_found_or_lost(graded):
    folder, _ = graded
    assert (folder / 'source' / ASSIGNMENT / NOTEBOOK).exists()
    assert len(list(folder.glob('submitted/*/*/*.ipynb'))) >= len(TAKES_OVER)
    assert 'found []' in (folder / 'autograded' / 'reads-the-tests' / ASSIGNMENT / NOTEBOOK).read_text()


def test_what_is_known_of_fonts_is_there_and_stays(graded):
    folder, _ = graded
    assert 'found of all' in (folder / 'autograded' / 'spoils-the-fonts' / ASSIGNMENT / NOTEBOOK).read_text()
    assert (folder / 'fontlist-1.json').read_text() == 'of all'


# What is handed in again

@dataclass(frozen=True)
class Round:
    """What came out, by student, who was graded anew, who has a graded notebook, and the page of one who changes."""

    results: dict
    asked: list
    graded: set
    page: str


@pytest.fixture(scope='module')
def rounds(graded):
    """Two more rounds: one comes late and corrects it, one changes twice, one takes it away, one hands in the same."""
    folder, _ = graded
    for student in ('changes', 'stays'):
        mark_by_hand(folder, student, {'question_1': 4, 'question_2': 3})
    with open_gradebook(folder) as book:
        book.find_grade('check_centred_gram', '06_exercises', ASSIGNMENT, 'changes').extra_credit = 2
        book.db.commit()
    submit(folder, 'stays', right())
    submit(folder, 'changes', right()[:9000])
    submit(folder, 'latecomer', right(batch_gram='batch_gram = None'))
    submitted(folder, 'leaves').unlink()
    first = grade_again(folder)

    submit(folder, 'latecomer', right())
    os.utime(submitted(folder, 'latecomer'), (1, 1))
    fewer = nbformat.reads(right(), as_version=4)
    fewer.cells[at(fewer, 'question_2')].source += ' More.'
    del fewer.cells[at(fewer, 'batch_gram')]
    submit(folder, 'changes', nbformat.writes(fewer))
    return first, grade_again(folder)


def submitted(folder, student):
    return folder / 'submitted' / student / ASSIGNMENT / NOTEBOOK


def grade_again(folder):
    asked, ask = [], Grader._ask
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Grader, '_ask', lambda self, order: asked.append(order['student']) or ask(self, order))
        results = {one.student: one for one in grade(workers=1, course=folder)}
    page = (folder / 'feedback' / 'changes' / ASSIGNMENT / '06_exercises.html').read_text()
    return Round(results, asked, {file.name for file in folder.glob('autograded/*')}, page)


def mark_by_hand(folder, student, scores):
    with open_gradebook(folder) as book:
        for name, score in scores.items():
            grade = book.find_grade(name, '06_exercises', ASSIGNMENT, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


def test_only_what_has_changed_is_graded_whatever_its_date(rounds):
    first, second = rounds
    assert (first.asked, second.asked) == (['latecomer'], ['changes', 'latecomer'])
    assert first.results['latecomer'].score == WITHOUT_GRAM
    assert second.results['latecomer'].score == AUTOMATIC


def test_marks_by_hand_count(rounds):
    assert [one.results['stays'].score for one in rounds] == [AUTOMATIC + 7] * 2


def test_old_marks_never_stand_under_a_new_file(rounds):
    one = rounds[0].results['changes']
    assert one.score is None and 'cut off' in one.problem
    assert 'changes' not in rounds[0].graded
    assert 'Not graded' in rounds[0].page and 'cut off' in rounds[0].page


def test_marks_by_hand_come_back_for_what_has_not_changed(rounds):
    one = rounds[1].results['changes']
    assert one.score == WITHOUT_GRAM + 4 + 2  # question 1 is as it was, and so is what got extra credit
    assert '`batch_gram` was not found' in one.remarks[0]
    assert one.remarks[1] == 'marked by hand before, and changed since, so to be marked again: question_2 (3)'


def test_a_file_that_was_taken_away_has_no_marks(graded, rounds):
    assert graded[1]['leaves'].score == AUTOMATIC
    one = rounds[0].results['leaves']
    assert one.score is None and 'is an empty folder' in one.problem
