"""Submissions that take over the kernel, and hand-ins that come again: with exercises that need no MXNet."""
import os

import nbformat
import psutil
import pytest
from grade import grade
from grader import Grader
from nbgrader_commands import ASSIGNMENT, NOTEBOOK
from records import open_gradebook

from ...systems import grading
from .notebooks import solved
from .small import SMALL, course
from .test_grading import AUTOMATIC, POINTS, submit

pytestmark = [pytest.mark.slow, grading]

SECONDS = f'54321.{os.getpid()}'  # no other run of these tests has this one
TAKES_OVER = {  # source of the cell `gram`: what it does to those who run it, and the marks that are left
    'endless-loop': ('while True:\n    pass', AUTOMATIC - POINTS['gram']),
    'deaf-loop': ('''while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass''', POINTS['postprocess'] + POINTS['trim'] + POINTS['content_loss']),
    'ends-the-kernel': ('import os\nos._exit(0)', POINTS['postprocess'] + POINTS['trim'] + POINTS['content_loss']),
    'deletes-its-home': ('import shutil\nfrom pathlib import Path\nshutil.rmtree(Path.home(), ignore_errors=True)',
                         AUTOMATIC - POINTS['gram']),
    'takes-all-memory': ('hog = [bytearray(10**9) for _ in range(1000)]', AUTOMATIC - POINTS['gram']),
    'deletes-files': ('''import shutil
from pathlib import Path
from zipfile import ZipFile
for folder in (Path.cwd(), Path.home()):
    for file in folder.iterdir():
        shutil.rmtree(file, ignore_errors=True) if file.is_dir() else file.unlink()''', AUTOMATIC - POINTS['gram']),
    'leaves-a-process': ('''import subprocess
subprocess.Popen(['sleep', 'SECONDS'], start_new_session=True)'''.replace('SECONDS', SECONDS),
                         AUTOMATIC - POINTS['gram']),
    'reads-the-tests': ('''from pathlib import Path
from zipfile import ZipFile
found = [str(file) for folder in ('.', '..') for file in Path(folder).rglob('*06_exercises*')]
print('found', found)
assert not found''', AUTOMATIC - POINTS['gram']),
}


def right(**instead):
    return nbformat.writes(solved(SMALL, **instead))


@pytest.fixture(scope='module')
def graded(tmp_path_factory):
    """The folder of a course, and {student: `Graded`}, after the submissions that take over were graded."""
    folder = course(tmp_path_factory.mktemp('class') / 'course', SMALL, slow='while True')
    for name, (text, _) in TAKES_OVER.items():
        submit(folder, name, right(gram=text))
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


# What is handed in again

@pytest.fixture
def again(graded, monkeypatch):
    """Grade after a change: what came out, by student, and who was graded anew."""
    folder, _ = graded

    def do(student, text, date=None):
        submit(folder, student, text)
        if date:
            os.utime(folder / 'submitted' / student / ASSIGNMENT / NOTEBOOK, (date, date))
        asked, ask = [], Grader._ask
        monkeypatch.setattr(Grader, '_ask', lambda self, order: asked.append(order['student']) or ask(self, order))
        results = {one.student: one for one in grade(workers=1, course=folder)}
        monkeypatch.setattr(Grader, '_ask', ask)
        return results[student], asked
    return do


def test_only_what_has_changed_is_graded_whatever_its_date(again):
    one, asked = again('latecomer', right(gram='gram = None'))
    assert (one.score, asked) == (AUTOMATIC - POINTS['gram'], ['latecomer'])
    one, asked = again('latecomer', right(), date=1)
    assert (one.score, asked) == (AUTOMATIC, ['latecomer'])
    assert again('latecomer', right()) == (one, [])


def test_old_marks_never_stand_under_a_new_file(graded, again):
    folder, _ = graded
    text = right()
    again('changes', text)
    mark_by_hand(folder, 'changes', {'question_1': 4, 'question_2': 3})
    assert again('changes', text)[0].score == AUTOMATIC + 7

    one, asked = again('changes', text[:9000])
    assert one.score is None and 'cut off' in one.problem and not asked
    assert not (folder / 'autograded' / 'changes').exists()
    page = (folder / 'feedback' / 'changes' / ASSIGNMENT / '06_exercises.html').read_text()
    assert 'Not graded' in page and 'cut off' in page

    fewer = nbformat.reads(text, as_version=4)
    names = [cell.metadata.get('nbgrader', {}).get('grade_id') for cell in fewer.cells]
    fewer.cells[names.index('question_2')].source += ' More.'
    del fewer.cells[names.index('gram')]
    one, _ = again('changes', nbformat.writes(fewer))
    assert one.score == AUTOMATIC - POINTS['gram'] + 4  # question 1 is as it was
    assert '`gram` was not found' in one.remarks[0]
    assert one.remarks[1] == 'marked by hand before, and changed since, so to be marked again: question_2 (3)'


def mark_by_hand(folder, student, scores):
    with open_gradebook(folder) as book:
        for name, score in scores.items():
            grade = book.find_grade(name, '06_exercises', ASSIGNMENT, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


def test_a_file_that_was_taken_away_has_no_marks(graded, again):
    folder, _ = graded
    again('leaves', right())
    (folder / 'submitted' / 'leaves' / ASSIGNMENT / NOTEBOOK).unlink()
    one = next(one for one in grade(workers=1, course=folder) if one.student == 'leaves')
    assert one.score is None and 'is an empty folder' in one.problem
