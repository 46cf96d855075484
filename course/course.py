"""The exercises from the source with solutions to a table of grades; nbgrader does the work.

    python course/course.py exercises     student version → notebooks/06_exercises.ipynb, without outputs
    python course/course.py release       student version → course/release, tests → gradebook.db
    python course/course.py collect       course/downloaded → course/submitted, and what is wrong with it
    python course/course.py grade         course/submitted → marks, feedback, grades.csv
"""
import argparse
import contextlib
import csv
import html
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import confine
import nbformat
from grader import Grader, path
from handins import NOISE, HandIn, folder_name, take_in
from nbconvert import HTMLExporter
from normalise import normalise
from reading import Unreadable
from records import (
    Record,
    feedback_key,
    give_back,
    is_graded,
    key_of,
    open_gradebook,
    read_record,
    read_records,
    withdraw,
    write_table,
)
from tqdm import tqdm

COURSE = Path(__file__).resolve().parent
ASSIGNMENT, NOTEBOOK = 'style_transfer', '06_exercises.ipynb'
EXCHANGE = 'D2L_STYLE_EXCHANGE' in os.environ  # on the hub, nbgrader's exchange hands out, takes in and gives back
CONFIGURATION = ('nbgrader_config.py', 'apart.py', 'confine.py')  # what nbgrader needs in a course's folder


@dataclass(frozen=True)
class Graded:
    """A student after grading: marks so far, None where nothing was graded, and what there is to say."""

    student: str
    name: str  # of the folders
    score: float | None
    largest: float
    by_hand: bool
    problem: str  # why nothing was graded, '' where it was
    remarks: tuple = ()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('step', choices=['exercises', 'release', 'collect', 'grade'])
    parser.add_argument('--force', action='store_true', help='grade: also those that are graded and have not changed')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='grade: submissions at once')
    args = parser.parse_args()
    if args.step == 'exercises':
        student_version(COURSE.parent / 'notebooks' / NOTEBOOK)
    elif args.step == 'release':
        print('for the students:', release())
    elif args.step == 'collect':
        preview(*collect())
    else:
        report(grade(args.force, args.workers))


# Hand out

def nbgrader(*words, course=COURSE, fatal=True):
    """Run a command of nbgrader in the folder `course`. Where it fails, its words end the program, if `fatal`."""
    done = subprocess.run([sys.executable, '-m', 'nbgrader', *words], cwd=course, capture_output=True, text=True,
                          env={**os.environ, 'PATH': path()})
    if done.returncode:
        said = f'nbgrader {words[0]} failed:\n{done.stderr[-3000:]}'
        sys.exit(said) if fatal else print(said, file=sys.stderr)


def student_version(target):
    """Write the notebook without solutions and hidden tests to `target`; no gradebook is touched."""
    with tempfile.TemporaryDirectory() as folder:
        course = copy_to(Path(folder) / 'course')
        nbgrader('generate_assignment', ASSIGNMENT, course=course)
        shutil.copy(course / 'release' / ASSIGNMENT / NOTEBOOK, target)


def copy_to(folder):
    """A course without submissions in the new folder `folder`, which is returned."""
    shutil.copytree(COURSE / 'source', folder / 'source')
    for file in CONFIGURATION:
        shutil.copy(COURSE / file, folder)
    return folder


def release(course=COURSE):
    """Write the student version to the folder release, and the tests to the gradebook; returns its path."""
    nbgrader('generate_assignment', ASSIGNMENT, '--force', course=course)
    if EXCHANGE:
        nbgrader('release_assignment', ASSIGNMENT, '--force', course=course)
    return course / 'release' / ASSIGNMENT / NOTEBOOK


def released(course):
    """The released notebook, which is made where there is none yet."""
    file = course / 'release' / ASSIGNMENT / NOTEBOOK
    if not file.exists() or not (course / 'gradebook.db').exists():
        release(course)
    return nbformat.read(file, as_version=4)


# Take in

def collect(course=COURSE):
    """Sort what lies in `downloaded/style_transfer/archive`, or beside it, into the folder submitted.

    Returns a list of `HandIn`, with what would be said about each file if it was graded, and a list of all files with
    what became of each, which is also written to `collected.csv`.
    """
    assignment, downloaded = released(course), course / 'downloaded'
    if EXCHANGE:
        exchange('collect', '--update', course=course)
    with tempfile.TemporaryDirectory() as spool:
        archives = {downloaded: {ASSIGNMENT}, downloaded / ASSIGNMENT: {'archive', 'extracted'},
                    downloaded / ASSIGNMENT / 'archive': set()}
        entries = [entry for folder, others in archives.items() if folder.is_dir()
                   for entry in sorted(folder.iterdir()) if entry.name not in others]
        hand_ins, listed = take_in(entries, assignment, spool)
        for one in hand_ins:
            if one.file:
                _store(one.file.path.read_bytes(), course / 'submitted' / one.student / ASSIGNMENT / NOTEBOOK)
        (course / 'collected.json').write_text(json.dumps(
            {one.student: [one.called, one.problem, one.remarks, _key(course, one.student)] for one in hand_ins}))
        looked_at = [_look_at(one, assignment) for one in hand_ins]
    with (course / 'collected.csv').open('w', newline='', encoding='utf-8-sig') as file:
        csv.writer(file).writerows([('file', 'student', 'what became of it'), *listed])
    return looked_at, listed


def _store(content, target):
    with contextlib.suppress(OSError):  # what lies there is replaced, a link too
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _key(course, student):
    file = course / 'submitted' / student / ASSIGNMENT / NOTEBOOK
    return key_of(file.read_bytes()) if file.is_file() and not file.is_symlink() else ''


def _look_at(hand_in, assignment):
    """The `HandIn` with what `grade` will say about its file."""
    if not hand_in.file:
        return hand_in
    try:
        return replace(hand_in, remarks=hand_in.remarks + normalise(hand_in.file.path.read_bytes(), assignment)[1])
    except Unreadable as error:
        return replace(hand_in, problem=f'{hand_in.called} {error}')


def preview(hand_ins, listed):
    """Print who has handed in what can't be graded, what is to be said about others, and what was not taken."""
    problems = [one for one in hand_ins if one.problem]
    for one in problems:
        print(f'{one.student:20s}  PROBLEM: {one.problem}')
    for one in hand_ins:
        if one.remarks and not one.problem:
            print(f'{one.student:20s}  {"; ".join(one.remarks)}')
    nobodys = [(name, what) for name, student, what in listed if not student and what != NOISE]
    for name, what in nobodys:
        print(f'NOT TAKEN: {name} {what}')
    print(f'notebooks taken: {len(hand_ins) - len(problems)}, to ask for again: {len(problems)}, files without a name: '
          f'{len(nobodys)}; all files: {COURSE / "collected.csv"}')


def exchange(command, *words, course):
    """Run a command of nbgrader that moves files between the exchange and the folder submitted."""
    nbgrader(command, ASSIGNMENT, '--CourseDirectory.submitted_directory=submitted', *words, course=course, fatal=False)


# Grade

def grade(force=False, workers=2, course=COURSE):
    """Give marks to what lies in the folder submitted and is not graded yet, several at once: a list of `Graded`.

    `force`: also to what is graded and has not changed. Those with a problem come first, then those with a remark.
    """
    if EXCHANGE:
        exchange('collect', '--update', course=course)
    if not any(course.glob('submitted/*')) and not (course / 'collected.json').exists():
        sys.exit(f'nothing was handed in: put notebooks into {course}/submitted/STUDENT/{ASSIGNMENT}/{NOTEBOOK}, or '
                 'into the folder downloaded and call make collect')
    if not confine.strength():
        print('This system lacks Landlock: a submission could write to your files (docs/teachers.md)', file=sys.stderr)
    assignment = released(course)
    with tempfile.TemporaryDirectory() as spool:
        records = [_prepare(course, one, assignment, force) for one in _handed_in(course, assignment, spool)]
    with open_gradebook(course) as book:
        for record in records:  # everybody is in nbgrader's pages
            book.update_or_create_student(record.name, last_name=record.student)
    _grade_all(course, [record for record in records if not record.graded and not record.problem], workers)
    _give_feedback(course, records)
    graded = sorted((_read_marks(course, record) for record in records),
                    key=lambda one: (not one.problem, not one.remarks, one.student.casefold()))
    write_table(course, ASSIGNMENT, graded)
    if EXCHANGE:
        others = [record.name for record in records  # who did not hand in there
                  if not (course / 'feedback' / record.name / ASSIGNMENT / 'submission_secret.txt').exists()]
        exchange('release_feedback', f'--CourseDirectory.student_id_exclude={",".join(others)}', course=course)
    return graded


def _handed_in(course, assignment, spool):
    """A `HandIn` for everybody: what lies in the folder submitted, and what `collect` could not put there."""
    entries = sorted(course.glob('submitted/*'))
    hand_ins = {one.student: one for one in take_in(entries, assignment, spool, by_folder=True)[0]}
    collected = course / 'collected.json'
    stored = json.loads(collected.read_text()) if collected.exists() else {}
    for student, (called, problem, remarks, key) in stored.items():
        if _key(course, student) == key:  # else something else was put there since
            one = hand_ins.setdefault(student, HandIn(student))
            one.called, one.problem, one.remarks = called, problem or one.problem, remarks + one.remarks
    for record in read_records(course):
        if record.student not in hand_ins and record.graded:
            hand_ins[record.student] = HandIn(record.student, problem='its file is not in submitted/ any more')
    return sorted(hand_ins.values(), key=lambda one: one.student)


def _prepare(course, hand_in, assignment, force):
    """The student's `Record`; where the file is another than the graded one, that is withdrawn, and this made ready."""
    name = folder_name(hand_in.student)
    record = read_record(course, name) or Record(hand_in.student, name)
    content = hand_in.file.path.read_bytes() if hand_in.file and not hand_in.problem else b''
    key, record.notes = key_of(content, hand_in.problem, nbformat.writes(assignment)), hand_in.remarks
    if record.key == key and not force and (record.problem or is_graded(course, record, ASSIGNMENT)):
        record.write(course)
        return record
    withdraw(course, record, ASSIGNMENT)
    record.key, record.graded, record.problem, record.remarks = key, False, hand_in.problem, []
    try:
        if not record.problem:
            notebook, record.remarks = normalise(content, assignment)
            _store(nbformat.writes(notebook).encode(), course / 'gradable' / name / ASSIGNMENT / NOTEBOOK)
            _copy_of_exchange(course, record, 'gradable')
    except Unreadable as error:
        record.problem = f'{hand_in.called} {error}'
    record.write(course)
    return record


def _copy_of_exchange(course, record, step):
    """What nbgrader's exchange has put beside a notebook: when it was handed in, and what its feedback is called."""
    for name in ('timestamp.txt', 'submission_secret.txt'):
        file = course / 'submitted' / record.student / ASSIGNMENT / name
        if file.is_file() and not file.is_symlink():
            shutil.copyfile(file, course / step / record.name / ASSIGNMENT / name)


def _grade_all(course, records, workers):
    """Grade what is ready, several at once; each record says afterwards what came of it."""
    threads, graders = max(1, os.cpu_count() // workers), SimpleQueue()
    with contextlib.ExitStack() as stack, tqdm(total=len(records), unit='submission') as bar:
        for _ in range(min(workers, len(records))):
            graders.put(stack.enter_context(Grader(course, ASSIGNMENT, threads)))

        def one(record):
            grader = graders.get()
            try:
                _grade_one(course, record, grader)
            except Exception as error:  # whatever a submission did to us, the others go on
                record.key, record.graded, record.problem = '', False, f'{type(error).__name__}: {error}'
                record.write(course)
            finally:
                graders.put(grader)
                bar.update()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, records))


def _grade_one(course, record, grader):
    problem = grader.grade(record.name, course / 'logs' / f'{record.name}.txt')
    if problem:
        withdraw(course, record, ASSIGNMENT)  # what was half done
        record.key, record.problem = '', problem  # no key: it is tried again the next time
    else:
        graded = nbformat.read(course / 'autograded' / record.name / ASSIGNMENT / NOTEBOOK, as_version=4)
        record.remarks += graded.metadata['grading']['remarks'] + give_back(course, record, ASSIGNMENT)
        record.graded = True
    record.write(course)


def _give_feedback(course, records):
    """A page for everybody whose marks, comments or remarks have changed; a sentence for who has no marks."""
    keys = {record.name: feedback_key(course, record, ASSIGNMENT) for record in records}
    page = {name: course / 'feedback' / name / ASSIGNMENT / f'{Path(NOTEBOOK).stem}.html' for name in keys}
    new = [record for record in records if record.feedback != keys[record.name] or not page[record.name].exists()]
    if any(record.graded for record in new):
        others = ','.join(record.name for record in records if record not in new)
        nbgrader('generate_feedback', ASSIGNMENT, '--force', f'--CourseDirectory.student_id_exclude={others}',
                 course=course, fatal=False)  # the table comes all the same
    for record in new:
        if not record.graded:
            text = f'# Not graded\n\n{html.escape("; ".join([record.problem, *record.notes]))}'
            cell = nbformat.v4.new_markdown_cell(text)
            body, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
            _store(body.encode(), page[record.name])
            _copy_of_exchange(course, record, 'feedback')
        record.feedback = keys[record.name]
        record.write(course)


def _read_marks(course, record):
    """What the gradebook says of a student."""
    remarks = (*record.notes, *record.remarks)
    with open_gradebook(course) as book:
        largest = book.find_assignment(ASSIGNMENT).max_score
        if not record.graded:
            return Graded(record.student, record.name, None, largest, False, record.problem, remarks)
        submission = book.find_submission(ASSIGNMENT, record.name)
        by_hand = submission.needs_manual_grade
        return Graded(record.student, record.name, submission.score, largest, by_hand, '', remarks)


def report(graded):
    """Print a line for each student, and where feedback and table are."""
    for one in graded:
        marks = ' not graded ' if one.score is None else f'{one.score:5.1f} of {one.largest:.0f}'
        said = '; '.join([f'PROBLEM: {one.problem}'] * bool(one.problem) + list(one.remarks))
        print(f'{one.student:20s} {marks}{"  + by hand" if one.by_hand else ""}  {said}'.rstrip())
    print(f'feedback for each: {COURSE / "feedback"}, table: {COURSE / "grades.csv"}')
    problems = sum(bool(one.problem) for one in graded)
    if problems:
        print(f'{problems} of {len(graded)} could not be graded')


if __name__ == '__main__':
    main()
