"""Grade: marks for what lies in the folder submitted and is not graded yet, several at once, and the report."""
import contextlib
import difflib
import os
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import apart
import nbformat
from collect import collected, key_of_file, restored
from feedback import can_be_returned, copy_of_exchange, give_feedback, time_of_exchange
from grader import Grader
from hand_out import changes, key_of_release, released
from handins import HandIn, take_in
from names import folder_name
from nbgrader.utils import parse_utc
from nbgrader_commands import ASSIGNMENT, COURSE, EXCHANGE, NOTEBOOK, exchange, store
from reading import Unreadable
from records import (
    Record,
    give_back,
    in_a_line,
    is_graded,
    key_of,
    open_gradebook,
    read_record,
    read_records,
    withdraw,
    write_table,
)
from roster import Roster
from tqdm import tqdm

NOTHING, NOT_YET = 'nothing was handed in', 'not graded yet: call make grade'
GONE = 'its file is not in submitted/ any more'


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
    late: str = ''


def grade(force=False, workers=2, course=COURSE, only=()):
    """Give marks to what lies in the folder submitted and is not graded yet, several at once: a list of `Graded`.

    `force`: also to what is graded and has not changed. `only`: names of students who are graded again, and nobody
    else. Those with a problem come first, then those with a remark.
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
    for what in changes(course):
        print(f'Changed in the exercises since `make release`, which takes it in: {what}', file=sys.stderr)
    with tempfile.TemporaryDirectory() as spool:
        hand_ins = _handed_in(course, assignment, spool)
        with open_gradebook(course) as book:
            only = _chosen(hand_ins, only)
            records = _prepare_all(course, book, hand_ins, assignment, force, only)
    _grade_all(course, [record for record in records if not record.graded and not record.problem], workers)
    with open_gradebook(course) as book:
        give_feedback(course, book, [record for record in records if record.problem != NOT_YET])
        graded = sorted([*(_read_marks(book, record) for record in records), *_without_hand_in(course, book, records)],
                        key=lambda one: (not one.problem, not one.remarks, one.student.casefold()))
        write_table(course, book, ASSIGNMENT, graded)
    if EXCHANGE:
        others = [record.name for record in records if not can_be_returned(course, record.name)]
        exchange('release_feedback', f'--CourseDirectory.student_id_exclude={",".join(others)}', course=course)
    return graded


def _handed_in(course, assignment, spool):
    """A `HandIn` for everybody: what lies in the folder submitted, and what `collect` could not put there."""
    entries = sorted(course.glob('submitted/*'))
    hand_ins = {one.student: one for one in take_in(entries, assignment, spool, by_folder=True)[0]}
    for student, found in collected(course).items():
        one = hand_ins.setdefault(student, HandIn(student))
        if key_of_file(course, student) == found['key']:  # else something else was put there since
            one.called, one.remarks = found['called'], found['remarks'] + one.remarks
            one.problem = found['problem'] or one.problem
            one.time, one.beside = found.get('time', ''), found.get('beside', [])
    for record in read_records(course):
        if record.student not in hand_ins:
            hand_ins[record.student] = HandIn(record.student, problem=record.problem or GONE)
    for one in hand_ins.values():
        if not one.file and not one.problem:
            one.problem = GONE
        one.time = time_of_exchange(course, one.student) or one.time
    return sorted(hand_ins.values(), key=lambda one: one.student)


def _chosen(hand_ins, only):
    """The students who are called as `only` says; a sentence ends the program where nobody is."""
    names = {one.student.casefold(): one.student for one in hand_ins}
    names.update({one.student: one.student for one in hand_ins})
    chosen = {name: names.get(name, names.get(name.casefold())) for name in only}
    for name in [name for name, student in chosen.items() if not student]:
        near = {names[one] for one in difflib.get_close_matches(name.casefold(), names, 5, 0.4)}
        sys.exit(f'nobody who handed in is called {name}' + f': {", ".join(sorted(near))}?' * bool(near))
    return set(chosen.values())


def _prepare_all(course, book, hand_ins, assignment, force, only):
    """Everybody's `Record`; where the file is another than the graded one, that is withdrawn, and this made ready."""
    released_text, due = nbformat.writes(assignment), book.find_assignment(ASSIGNMENT).duedate
    records = []
    for one in hand_ins:
        if only and one.student not in only:
            name = folder_name(one.student)
            records.append(read_record(course, name) or Record(one.student, name))
            if not records[-1].graded:
                records[-1].problem = records[-1].problem or NOT_YET
        else:
            release = released_text, key_of_release(course)
            records.append(_prepare(course, book, one, assignment, release, force or bool(only), due))
    for record in records:  # everybody is in nbgrader's pages
        book.update_or_create_student(record.name, last_name=record.student)
    return records


def _prepare(course, book, hand_in, assignment, release, force, due):
    name = folder_name(hand_in.student)
    record = read_record(course, name) or Record(hand_in.student, name)
    content = hand_in.file.path.read_bytes() if hand_in.file and not hand_in.problem else b''
    beside = [*(file.path.read_bytes() for file in hand_in.modules.values()), *hand_in.beside]
    key, record.late = key_of(content, hand_in.problem, *filter(None, release), *beside), lateness(hand_in.time, due)
    record.notes = hand_in.remarks + [f'handed in late: {record.late}'] * bool(record.late)
    if record.key == key and not force and (record.problem or is_graded(course, book, record, ASSIGNMENT)):
        record.write(course)
        return record
    withdraw(course, book, record, ASSIGNMENT)
    record.key, record.graded, record.problem, record.remarks = key, False, hand_in.problem, []
    try:
        if not record.problem:
            notebook, record.remarks = restored(hand_in, assignment)
            store(nbformat.writes(notebook).encode(), course / 'gradable' / name / ASSIGNMENT / NOTEBOOK)
            copy_of_exchange(course, record, 'gradable')
    except Unreadable as error:
        record.problem = f'{hand_in.called} {error}'
    record.write(course)
    return record


def lateness(handed_in, due):
    """By how much something came late: '1 d 2 h 3 min'; '' where it did not, or where that is not known.

    `handed_in`: text of a date, or 'late'. `due`: a date in UTC, without its zone, as nbgrader has it, or None.
    """
    if handed_in == 'late':
        return 'as Canvas says'
    if not handed_in or not due:
        return ''
    minutes = int((parse_utc(handed_in) - due).total_seconds() // 60)
    parts = {'d': minutes // 1440, 'h': minutes // 60 % 24, 'min': minutes % 60}
    return ' '.join(f'{number} {unit}' for unit, number in parts.items() if number) if minutes > 0 else ''


def _without_hand_in(course, book, records):
    """Those of the class, on its list or in the gradebook, of whom there is nothing, once each."""
    roster, known = Roster(course), {record.name for record in records}
    missing = set(roster.missing([record.student for record in records]))
    others = {one.id for one in book.students} - known - (set(roster.students) - missing)
    largest = book.find_assignment(ASSIGNMENT).max_score
    return [Graded(name, folder_name(name), None, largest, False, NOTHING) for name in sorted(missing | others)]


def _grade_all(course, records, workers):
    """Grade what is ready, several at once; each record says afterwards what came of it."""
    threads, graders, stopped = max(1, os.cpu_count() // workers), SimpleQueue(), threading.Event()
    with contextlib.ExitStack() as stack, tqdm(total=len(records), unit='submission') as bar:
        made = [stack.enter_context(Grader(course, ASSIGNMENT, threads)) for _ in range(min(workers, len(records)))]
        for grader in made:
            graders.put(grader)

        def one(record):
            grader = graders.get()
            try:
                if not stopped.is_set():
                    _grade_one(course, record, grader, stopped)
            except Exception as error:  # whatever a submission did to us, the others go on
                record.key, record.graded, record.problem = '', False, f'{type(error).__name__}: {error}'
                record.write(course)
            finally:
                graders.put(grader)
                bar.update()
        pool = ThreadPoolExecutor(workers)
        try:
            for future in [pool.submit(one, record) for record in records]:
                future.result()
        except KeyboardInterrupt:
            stopped.set()
            _end(pool, made)
            raise
        pool.shutdown()


def _end(pool, graders):
    """End what is being graded; it has no marks, and is graded the next time."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # impatience must not leave processes
    pool.shutdown(wait=False, cancel_futures=True)
    while any(thread.is_alive() for thread in pool._threads):
        for grader in graders:
            grader.stop()
        time.sleep(0.1)


def _grade_one(course, record, grader, stopped):
    problem = grader.grade(record.name, course / 'logs' / f'{record.name}.txt')
    if stopped.is_set():
        return
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
        return Graded(record.student, record.name, None, largest, False, record.problem, remarks, record.late)
    submission = book.find_submission(ASSIGNMENT, record.name)
    by_hand = submission.needs_manual_grade
    return Graded(record.student, record.name, submission.score, largest, by_hand, '', remarks, record.late)


def report(graded, only=(), course=COURSE):
    """Print a line for each student, or for those in `only`; who is missing, and where feedback and table are."""
    for one in graded:
        if only and one.student.casefold() not in {name.casefold() for name in only}:
            continue
        marks = ' not graded ' if one.score is None else f'{one.score:5.1f} of {one.largest:.0f}'
        said = '; '.join([f'PROBLEM: {one.problem}'] * bool(one.problem) + list(one.remarks))
        print(in_a_line(f'{one.student:20s} {marks}{"  + by hand" if one.by_hand else ""}  {said}'.rstrip()))
    handed_in = [one for one in graded if one.problem != NOTHING]
    for sentence in Roster(course).sentences([one.student for one in handed_in]):
        print(in_a_line(sentence))
    print(f'feedback for each: {course / "feedback"}, table: {course / "grades.csv"}')
    problems = sum(bool(one.problem) for one in handed_in)
    if problems:
        print(f'{problems} of {len(handed_in)} could not be graded')
