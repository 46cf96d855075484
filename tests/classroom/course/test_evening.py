"""A teacher's evening: late hand-ins, one student again, who is missing, exercises that change, and Control-C."""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import apart
import nbformat
import psutil
import pytest
from collect import collect, forget, preview
from feedback import can_be_returned
from grade import grade, lateness, report
from grader import Grader
from hand_out import changes, due_date, release
from nbgrader_commands import ASSIGNMENT, NOTEBOOK

from ...systems import grading
from ...waiting import wait_for
from .notebooks import at, content, first_graded, name_of, solved
from .small import SMALL, course
from .test_grading import AUTOMATIC, POINTS, submit
from .test_handins import N, packed
from .test_takes_over import mark_by_hand

pytestmark = [pytest.mark.slow, grading]
ROOT = Path(__file__).resolve().parents[3]
RIGHT, EXERCISE = content(solved(SMALL)), first_graded(SMALL.released)
IMPORTS = content(solved(SMALL, **{EXERCISE: f'from helper import two\n{SMALL.right[EXERCISE]}'}))
BLACKBOARD = 'Style_{}_attempt_{}_06_exercises.ipynb'
FIRST = {'anna.ipynb': RIGHT, BLACKBOARD.format('ben', '2026-11-02-10-30-00'): RIGHT, 'dora.pdf': b'%PDF',
         BLACKBOARD.format('cy', '2026-10-30-10-00-00'): RIGHT,
         'eve.zip': packed({N: IMPORTS, 'helper.py': b'two = 2'})}


class Evening:
    """A course with hand-ins; each call returns what a teacher sees: {student: `Graded`}, asked, or lines."""

    def __init__(self, folder, capsys):
        self.folder, self.capsys = folder, capsys
        self.source = folder / 'source' / ASSIGNMENT / NOTEBOOK

    def put(self, files):
        """A new archive in place of the one before."""
        archive = self.folder / 'downloaded' / ASSIGNMENT / 'archive'
        shutil.rmtree(archive, ignore_errors=True)
        archive.mkdir(parents=True)
        for name, data in files.items():
            (archive / name).write_bytes(data)
        preview(*collect(self.folder), self.folder)
        return self.capsys.readouterr().out

    def grade(self, **settings):
        asked, ask = [], Grader._ask
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Grader, '_ask', lambda self, order: asked.append(order['student']) or ask(self, order))
            patch.setattr('grade.give_feedback', lambda *_: None)  # which is tested elsewhere, and takes seconds
            graded = grade(workers=2, course=self.folder, **settings)
        report(graded, settings.get('only', ()), self.folder)
        printed = self.capsys.readouterr()
        return {one.student: one for one in graded}, sorted(asked), printed.out + printed.err

    def change(self, edit):
        notebook = nbformat.read(self.source, as_version=4)
        edit(notebook)
        nbformat.write(notebook, self.source)


def without_an_exercise(notebook):
    notebook.cells = [cell for cell in notebook.cells if name_of(cell) not in (EXERCISE, f'check_{EXERCISE}')]
    notebook.cells[at(notebook, 'question_2')].metadata.nbgrader.points = 8


def with_a_new_text(notebook):
    notebook.cells[0].source += '\nMore.'


def without_an_end(notebook):
    notebook.cells[at(notebook, 'answer_1')].source = '### BEGIN SOLUTION\nx'


def test_an_evening(tmp_path, capsys):  # one after the other: each step needs those before
    evening = Evening(course(tmp_path / 'course', SMALL, once=True), capsys)
    folder = evening.folder
    (folder / 'students.csv').write_bytes('\ufeffid;Name\n\nanna;Anna A\nzoe;Zoë Z\nben;Ben B\nben;Ben B\n'.encode())
    release(folder, due='2026-11-01 08:00')
    assert 'students.csv has 3, 2 handed in: missing zoe' in evening.put(FIRST)

    graded, _, said = evening.grade()
    assert set(graded) == {'anna', 'ben', 'cy', 'dora', 'eve', 'zoe'}
    assert {name: one.score for name, one in graded.items()} == {
        **dict.fromkeys(('anna', 'ben', 'cy', 'eve'), AUTOMATIC), 'dora': None, 'zoe': None}
    assert graded['ben'].remarks == ('handed in late: 1 d 2 h 30 min',) and not graded['cy'].remarks
    assert graded['eve'].remarks == ('helper.py lies beside it, and is taken along',)
    assert graded['zoe'].problem == 'nothing was handed in' and '1 of 5 could not be graded' in said
    assert 'not in students.csv: dora, eve, cy' in said and 'more than once in students.csv: ben' in said
    with (folder / 'grades.csv').open(encoding='utf-8-sig') as file:
        late = {row['student_id']: row['late'] for row in csv.DictReader(file)}
    assert late == {**dict.fromkeys(graded, ''), 'ben': '1 d 2 h 30 min'}

    assert 'dora.pdf is a PDF' in evening.put({'fritz.ipynb': RIGHT}), 'who was listed once stays so'
    graded, asked, said = evening.grade(only=['Anna'])
    assert asked == ['anna'] and said.count('of 50') == 1 and set(graded) == {
        'anna', 'ben', 'cy', 'dora', 'eve', 'zoe', 'fritz'}
    assert graded['dora'].problem.startswith('dora.pdf is a PDF') and 'not graded yet' in graded['fritz'].problem
    with pytest.raises(SystemExit, match='nobody who handed in is called ann: anna?'):
        grade(course=folder, only=['ann'])

    assert forget('dora', folder).startswith('dora is off the list')
    with pytest.raises(SystemExit, match='nobody is called dora: anna, ben'):
        forget('dora', folder)

    mark_by_hand(folder, 'anna', {'question_1': 4, 'question_2': 3})
    shutil.rmtree(folder / 'submitted' / 'cy')
    evening.change(with_a_new_text)
    graded, asked, said = evening.grade()
    assert asked == ['fritz'] and 'dora' not in graded and graded['anna'].score == AUTOMATIC + 7
    assert graded['cy'].problem == 'its file is not in submitted/ any more'
    assert 'Changed in the exercises since `make release`' in said and 'texts and experiments' in said

    evening.change(without_an_exercise)
    assert changes(folder) == [
        f'removed: {EXERCISE}, check_{EXERCISE}', 'changed: texts and experiments', 'other points: question_2']
    assert 'the next make grade marks all 4 graded hand-ins anew' in ' '.join(release(folder))
    assert changes(folder) == []
    graded, _, _ = evening.grade()
    assert graded['anna'].score == AUTOMATIC - POINTS[EXERCISE] + 4, 'question 2 has other points now'
    assert 'to be marked again: question_2 (3)' in ' '.join(graded['anna'].remarks)
    assert graded['ben'].score == AUTOMATIC - POINTS[EXERCISE] and graded['ben'].largest == 50 - POINTS[EXERCISE] + 4

    before = {file: file.read_bytes() for file in [*folder.rglob('release/*/*'), *folder.glob('*.json')]}
    evening.change(without_an_end)
    with pytest.raises(SystemExit, match='no end solution statement found\nNothing was changed'):
        release(folder)
    assert {file: file.read_bytes() for file in before} == before


def test_a_name_or_a_time_can_be_anything(tmp_path, capsys):
    evening = Evening(course(tmp_path / 'course', SMALL, once=True), capsys)
    release(evening.folder, due='2026-11-01 08:00')
    names = '=1+1', 'ben\n34.0 of 50', 'cy\x1b[2J\x1b]0;x\x07', 'dora', 'eve'
    said = evening.put({f'{name}.ipynb': content(SMALL.released) for name in names})
    assert not re.search(r'[^\n -~]', said.replace('\ufffd', '')) and 'ben\ufffd34.0 of 50' in said
    with (evening.folder / 'collected.csv').open(encoding='utf-8-sig', newline='') as file:
        assert ["'=1+1.ipynb", "'=1+1", 'taken'] in list(csv.reader(file))

    for name, time in (('dora', b'\xff\xfe'), ('eve', b'tomorrow'), ('ben\n34.0 of 50', b'2026-11-01 09:00 UTC' * 99)):
        (evening.folder / 'submitted' / name / ASSIGNMENT / 'timestamp.txt').write_bytes(time)
    (evening.folder / 'submitted' / '=1+1' / ASSIGNMENT / 'timestamp.txt').symlink_to(evening.source)
    graded, asked, said = evening.grade()
    assert len(asked) == len(names) and {one.score for one in graded.values()} == {0}
    assert '\x1b' not in said and said.count('\nben') == 1 and not any(one.late for one in graded.values())


@pytest.mark.parametrize('name', ['..', '.', '../other', '/'])
def test_nothing_but_a_name_is_forgotten(tmp_path, name):
    folder = course(tmp_path / 'course', SMALL)
    (folder / 'submitted').mkdir()
    (folder / 'collected.json').write_text(json.dumps({name: {'problem': '', 'remarks': [], 'called': 'x'}}))
    with pytest.raises(SystemExit, match='no name'):
        forget(name, folder)
    assert (folder / 'submitted').is_dir() and (folder / 'collected.json').exists()


@pytest.mark.parametrize(('secret', 'time', 'whether'), [
    (b'abc', b'2026-11-01 10:00:00 UTC', True), (b'', b'2026-11-01 10:00:00 UTC', False), (b'abc', None, False),
    (b'\xff\xfe', b'2026-11-01 10:00:00 UTC', False), (None, b'2026-11-01 10:00:00 UTC', False)])
def test_feedback_goes_back_to_whom_the_exchange_can_bring_it(tmp_path, secret, time, whether):
    folder = tmp_path / 'feedback' / 'anna' / ASSIGNMENT
    folder.mkdir(parents=True)
    for name, text in (('submission_secret.txt', secret), ('timestamp.txt', time)):
        if text is not None:
            (folder / name).write_bytes(text)
    assert can_be_returned(tmp_path, 'anna') == whether


def test_a_due_date_is_one_of_this_place_and_can_be_taken_away():
    assert due_date('none') == 'none'
    assert lateness('2026-12-01 18:05:30 UTC', due_date('2026-12-01T18:00+00:00')) == '5 min'
    assert lateness('2026-12-01 18:00:30 UTC', due_date('2026-12-01T18:00+00:00')) == ''
    assert lateness('late', None) == 'as Canvas says' and lateness('', due_date('2026-12-01')) == ''
    with pytest.raises(SystemExit, match='DUE=tomorrow is no time'):
        due_date('tomorrow')
    assert due_date('2026-12-01') != due_date('2026-12-01 00:00')
    if sys.version_info >= (3, 11):  # else it is no time, and called so
        assert due_date('20261201') == due_date('2026-12-01')


def test_control_c_ends_with_a_sentence_and_the_next_call_goes_on(tmp_path):
    folder = course(tmp_path / 'course', SMALL)
    for file in (ROOT / 'classroom' / 'course').glob('*.py'):
        if not (folder / file.name).exists():
            shutil.copy(file, folder)
    submit(folder, 'anna', content(solved(SMALL, **{EXERCISE: 'while True:\n    pass'})).decode())
    release(folder)
    grading_it = start(folder)
    wait_for(lambda: kernels_of(grading_it), grading_it)
    started = psutil.Process(grading_it.pid).children(recursive=True)
    os.killpg(grading_it.pid, signal.SIGINT)
    assert grading_it.communicate(timeout=120)[1].split('\n') == [
        *apart.lacking(), '', 'Stopped. Who has marks keeps them, the others are graded by the next call.', '']
    assert not [process for process in started if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]

    submit(folder, 'anna', RIGHT.decode())
    assert f'anna                  {AUTOMATIC}.0 of 50' in start(folder, 'STUDENT=anna').communicate()[0]


@pytest.mark.parametrize(('handler', 'said'), [
    ('SIG_DFL', '\nStopped. Who has marks keeps them, the others are graded by the next call.\n'),
    ('SIG_IGN', 'went on\n')])
def test_a_closed_terminal_ends_a_step_unless_nohup_keeps_it(handler, said):
    program = f"""import os, signal, sys
sys.argv = ['course.py', 'grade']
signal.signal(signal.SIGHUP, signal.{handler})
import stop
os.kill(os.getpid(), signal.SIGHUP)
print('went on', file=sys.stderr)"""
    done = subprocess.run([sys.executable, '-c', program], cwd=ROOT / 'classroom' / 'course', capture_output=True,
                          text=True)
    assert done.stderr == said


def start(folder, *settings):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it
    try:
        return subprocess.Popen([sys.executable, folder / 'course.py', 'grade', *settings], start_new_session=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, 'PYTHONPATH': str(ROOT), 'TQDM_DISABLE': '1'})
    finally:
        signal.signal(signal.SIGINT, before)


def kernels_of(process):
    """The kernels below a process that run a submission."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            found += [child] * ('ipykernel_launcher' in ' '.join(child.cmdline()))
        except psutil.Error:  # it has ended meanwhile
            continue
    return found
