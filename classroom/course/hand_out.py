"""Hand out: the student version of the exercises, and their hidden tests for the gradebook."""
import json
import re
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import datetime, time, timezone
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry
from nbgrader_commands import ASSIGNMENT, COURSE, EXCHANGE, NOTEBOOK, failure, nbgrader, store
from records import key_of, open_gradebook, read_records, withdraw

# what nbgrader needs in a course's folder
CONFIGURATION = ('nbgrader_config.py', 'preprocessors.py', 'pages.py', 'inbound.py', 'apart.py', 'landlock.py',
                 'grading_process.py')
OTHERS = 'texts and experiments'  # the cells of the source that have no name


def student_version(target):
    """Write the notebook without solutions and hidden tests to `target`; no gradebook is touched."""
    with tempfile.TemporaryDirectory() as folder:
        course = copy_to(Path(folder) / 'course')
        nbgrader('generate_assignment', ASSIGNMENT, course=course)
        shutil.copy(course / 'release' / ASSIGNMENT / NOTEBOOK, target)


def copy_to(folder, course=COURSE):
    """A course without submissions in the new folder `folder`, which is returned."""
    shutil.copytree(course / 'source', folder / 'source')
    for file in CONFIGURATION:
        shutil.copy(course / file, folder)
    return folder


def release(course=COURSE, due=None):
    """Write the student version to the folder release, and the tests to the gradebook; returns sentences.

    `due`: a time until which it is to be handed in, 'none' to take that away. Where the source can't be released,
    a sentence ends the program before anything is touched.
    """
    due = due and due_date(due)
    said = []
    if (course / 'gradebook.db').exists():
        said = [f'changed since the last release: {what}' for what in changes(course)]
        if _starts_anew(course):
            said += _withdraw_all(course)
    failed = failure('generate_assignment', ASSIGNMENT, '--force', course=course)
    if failed:
        sys.exit(_unfit(course, failed))
    if due:
        with open_gradebook(course) as book:
            book.update_or_create_assignment(ASSIGNMENT, duedate=None if due == 'none' else due)
    store(json.dumps(_state(course), indent=1).encode(), course / 'released.json')
    if EXCHANGE:
        nbgrader('release_assignment', ASSIGNMENT, '--force', course=course)
    return [*said, f'for the students: {course / "release" / ASSIGNMENT / NOTEBOOK}']


def due_date(text):
    """'2026-12-01 18:00' of this place as a date of nbgrader's, which are UTC; 'none' stays; a sentence for others."""
    if text == 'none':
        return text
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        sys.exit(f'DUE={text} is no time: write it as DUE="2026-12-01 18:00", or DUE=none')
    if not re.search('[T :]', text.strip()):  # a day, until its end
        given = datetime.combine(given, time(23, 59, 59))
    return given.astimezone(timezone.utc).replace(tzinfo=None)


def _starts_anew(course):
    """Whether what is graded has to be graded anew: points, or which cells there are, have changed.

    Tries the release in a copy of the course, with and without what was graded.
    """
    for graded in (True, False):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            trial = copy_to(Path(folder) / 'course', course)
            with closing(sqlite3.connect(course / 'gradebook.db')) as book, closing(
                    sqlite3.connect(trial / 'gradebook.db')) as copy:
                book.backup(copy)
            before = _points_of_book(trial)
            if not graded:
                with open_gradebook(trial) as book:
                    for submission in list(book.assignment_submissions(ASSIGNMENT)):
                        book.remove_submission(ASSIGNMENT, submission.student.id)
            failed = failure('generate_assignment', ASSIGNMENT, '--force', course=trial)
            if not failed:
                return not graded or _points_of_book(trial) != before
    sys.exit(f'{_unfit(course, failed)}\nNothing was changed: what was released before is still there.')


def _unfit(course, failed):
    """A sentence on what nbgrader says of the source that it can't release."""
    said = re.findall(r'^\s*[\w.]*(?:Error|Exception): (.+)', failed, re.MULTILINE) or [failed[-300:].strip()]
    why = '; '.join(dict.fromkeys(said[-2:]))
    return f'The exercises in {course / "source" / ASSIGNMENT} can\'t be released: {why}'


def _points_of_book(course):
    with open_gradebook(course) as book:
        try:
            cells = book.find_notebook(Path(NOTEBOOK).stem, ASSIGNMENT).grade_cells
        except MissingEntry:
            cells = []
        return {cell.name: cell.max_score for cell in cells}


def _withdraw_all(course):
    """Take all marks away, those given by hand into the records, from which the next `make grade` brings them back."""
    with open_gradebook(course) as book:
        records = [record for record in read_records(course) if record.graded]
        for record in records:
            withdraw(course, book, record, ASSIGNMENT)
            record.key, record.graded = '', False
            record.write(course)
        for submission in list(book.assignment_submissions(ASSIGNMENT)):  # of whom there is no record
            book.remove_submission(ASSIGNMENT, submission.student.id)
    return [f'exercises or points are others than before: the next make grade marks all {len(records)} graded hand-ins '
            'anew; marks given by hand stay where question, answer and points are the same'] * bool(records)


def _state(course):
    """{cell of the source: [key of its text, points]}: what `changes` compares."""
    cells, others = {}, []
    for cell in nbformat.read(course / 'source' / ASSIGNMENT / NOTEBOOK, as_version=4).cells:
        settings = cell.metadata.get('nbgrader', {})
        if settings:
            cells[settings['grade_id']] = [key_of(cell.cell_type, cell.source), settings.get('points')]
        else:
            others.append(cell.source)
    return {**cells, OTHERS: [key_of(*others), None]}


def changes(course):
    """What the source has had changed since it was released, in some words each; nothing where that is not known."""
    file = course / 'released.json'
    if not file.exists():
        return []
    try:
        before, now = json.loads(file.read_text()), _state(course)
    except (OSError, ValueError) as error:  # of a notebook that is being written, or was taken away
        return [f'its notebook can\'t be read any more ({type(error).__name__})']
    both = [name for name in now if name in before]
    found = {'new': [name for name in now if name not in before],
             'removed': [name for name in before if name not in now],
             'changed': [name for name in both if now[name][0] != before[name][0]],
             'other points': [name for name in both if now[name][1] != before[name][1]],
             'another order': ['the exercises'] if both != [name for name in before if name in now] else []}
    return [f'{what}: {", ".join(names)}' for what, names in found.items() if names]


def key_of_release(course):
    """Changes with each release that has other checks, which the released notebook itself does not show."""
    file = course / 'released.json'
    return key_of(file.read_bytes()) if file.exists() else ''


def released(course):
    """The released notebook, which is made where there is none yet."""
    file = course / 'release' / ASSIGNMENT / NOTEBOOK
    if not file.exists() or not (course / 'gradebook.db').exists():
        release(course)
    return nbformat.read(file, as_version=4)
