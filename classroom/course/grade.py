"""Grade: marks for what lies in the folder submitted and is not graded yet, several at once, and the report."""
import contextlib
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import apart
import nbformat
from collect import key_of_file
from feedback import copy_of_exchange, give_feedback
from grader import Grader
from hand_out import released
from handins import HandIn, folder_name, take_in
from nbgrader_commands import ASSIGNMENT, COURSE, EXCHANGE, NOTEBOOK, exchange, store
from reading import Unreadable
from records import (
    Record,
    give_back,
    is_graded,
    key_of,
    open_gradebook,
    read_record,
    read_records,
    withdraw,
    write_table,
)
from restore import restore
from tqdm import tqdm


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


def grade(force=False, workers=2, course=COURSE):
    """Give marks to what lies in the folder submitted and is not graded yet, several at once: a list of `Graded`.

    `force`: also to what is graded and has not changed. Those with a problem come first, then those with a remark.
    """
    if os.name == 'nt':
        sys.exit('Nothing on Windows keeps a hand-in that runs from your files: grade on Linux, in WSL or at the '
                 'hub (docs/teachers.md). `start.cmd collect` sorts here what was handed in.')
    if EXCHANGE:
        exchange('collect', '--update', course=course)
    if not any(course.glob('submitted/*')) and not (course / 'collected.json').exists():
        sys.exit(f'nothing was handed in: put notebooks into {course}/submitted/STUDENT/{ASSIGNMENT}/{NOTEBOOK}, or '
                 'into the folder downloaded and call make collect')
    for sentence in apart.lacking():
        print(sentence, file=sys.stderr)
    assignment = released(course)
    with tempfile.TemporaryDirectory() as spool:
        hand_ins = _handed_in(course, assignment, spool)
        with open_gradebook(course) as book:
            records = _prepare_all(course, book, hand_ins, assignment, force)
    _grade_all(course, [record for record in records if not record.graded and not record.problem], workers)
    with open_gradebook(course) as book:
        give_feedback(course, book, records)
        graded = sorted((_read_marks(book, record) for record in records),
                        key=lambda one: (not one.problem, not one.remarks, one.student.casefold()))
        write_table(course, book, ASSIGNMENT, graded)
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
        if key_of_file(course, student) == key:  # else something else was put there since
            one = hand_ins.setdefault(student, HandIn(student))
            one.called, one.problem, one.remarks = called, problem or one.problem, remarks + one.remarks
    for record in read_records(course):
        if record.student not in hand_ins and record.graded:
            hand_ins[record.student] = HandIn(record.student, problem='its file is not in submitted/ any more')
    return sorted(hand_ins.values(), key=lambda one: one.student)


def _prepare_all(course, book, hand_ins, assignment, force):
    """Everybody's `Record`; where the file is another than the graded one, that is withdrawn, and this made ready."""
    released_text = nbformat.writes(assignment)
    records = [_prepare(course, book, one, assignment, released_text, force) for one in hand_ins]
    for record in records:  # everybody is in nbgrader's pages
        book.update_or_create_student(record.name, last_name=record.student)
    return records


def _prepare(course, book, hand_in, assignment, released_text, force):
    name = folder_name(hand_in.student)
    record = read_record(course, name) or Record(hand_in.student, name)
    content = hand_in.file.path.read_bytes() if hand_in.file and not hand_in.problem else b''
    key, record.notes = key_of(content, hand_in.problem, released_text), hand_in.remarks
    if record.key == key and not force and (record.problem or is_graded(course, book, record, ASSIGNMENT)):
        record.write(course)
        return record
    withdraw(course, book, record, ASSIGNMENT)
    record.key, record.graded, record.problem, record.remarks = key, False, hand_in.problem, []
    try:
        if not record.problem:
            notebook, record.remarks = restore(content, assignment)
            store(nbformat.writes(notebook).encode(), course / 'gradable' / name / ASSIGNMENT / NOTEBOOK)
            copy_of_exchange(course, record, 'gradable')
    except Unreadable as error:
        record.problem = f'{hand_in.called} {error}'
    record.write(course)
    return record


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
        with open_gradebook(course) as book:
            withdraw(course, book, record, ASSIGNMENT)  # what was half done
        record.key, record.problem = '', problem  # no key: it is tried again the next time
    else:
        graded = nbformat.read(course / 'autograded' / record.name / ASSIGNMENT / NOTEBOOK, as_version=4)
        record.remarks += graded.metadata['grading']['remarks'] + give_back(course, record, ASSIGNMENT)
        record.graded = True
    record.write(course)


def _read_marks(book, record):
    """What the gradebook says of a student."""
    remarks = (*record.notes, *record.remarks)
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
