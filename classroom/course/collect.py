"""Take in: sort what was handed in by student, and say at once what is wrong with it."""
import contextlib
import csv
import io
import json
import shutil
import sys
import tempfile
from dataclasses import replace

from hand_out import released
from handins import NOISE, HandIn, take_in
from names import folder_name, spellings, text_of
from nbgrader.api import MissingEntry
from nbgrader_commands import ASSIGNMENT, COURSE, EXCHANGE, NOTEBOOK, exchange, store
from reading import Unreadable
from records import Record, harmless, in_a_line, key_of, open_gradebook, withdraw
from restore import restore
from roster import Roster


def collect(course=COURSE):
    """Sort what lies in `downloaded/style_transfer/archive`, or beside it, into the folder submitted.

    Returns a list of `HandIn`, with what would be said about each file if it was graded, and a list of all files with
    what became of each, which is also written to `collected.csv`. Who was listed before stays so.
    """
    assignment, downloaded, before = released(course), course / 'downloaded', collected(course)
    if EXCHANGE:
        exchange('collect', '--update', course=course)
    numbers = {one['number']: student for student, one in before.items() if one.get('number')}
    with tempfile.TemporaryDirectory() as spool:
        archives = {downloaded: {ASSIGNMENT}, downloaded / ASSIGNMENT: {'archive', 'extracted'},
                    downloaded / ASSIGNMENT / 'archive': set()}
        entries = [entry for folder, others in archives.items() if folder.is_dir()
                   for entry in sorted(folder.iterdir()) if entry.name not in others]
        known = Roster(course).spellings() | {one for name in before for one in spellings(name)}
        hand_ins, listed = take_in(entries, assignment, spool, numbers=numbers, roster=known, before=before)
        for one in hand_ins:
            if one.file:
                _put(one, course / 'submitted' / one.student / ASSIGNMENT)
        now = {one.student: {
            'called': one.called, 'problem': one.problem, 'remarks': one.remarks, 'number': one.number,
            'time': one.time, 'beside': one.beside, 'key': key_of_file(course, one.student)} for one in hand_ins}
        store(json.dumps({**before, **now}, indent=1).encode(), course / 'collected.json')
        looked_at = [_look_at(one, assignment) for one in hand_ins]
    looked_at += [HandIn(student, problem=one['problem'], called=one['called'], remarks=one['remarks'])
                  for student, one in before.items() if student not in now and one['problem']]
    table = io.StringIO(newline='')
    csv.writer(table).writerows([('file', 'student', 'what became of it'), *(map(harmless, row) for row in listed)])
    store(table.getvalue().encode('utf-8-sig'), course / 'collected.csv')
    return looked_at, listed


def _put(hand_in, folder):
    """Lay a student's notebook into their folder, and the modules that came with it, in place of those of before."""
    for module in folder.glob('*.py'):
        module.unlink()
    for name, file in hand_in.modules.items():
        store(file.path.read_bytes(), folder / name)
    store(hand_in.file.path.read_bytes(), folder / NOTEBOOK)


def collected(course):
    """What `collect` has found so far: {student: what is to be said about the file}."""
    file = course / 'collected.json'
    stored = json.loads(file.read_text()) if file.exists() else {}
    return {student: dict(zip(('called', 'problem', 'remarks', 'key'), one)) if isinstance(one, list) else one
            for student, one in stored.items()}  # a list, before there were numbers


def forget(name, course=COURSE):
    """Take a name that is nobody's off the list, with all that was made for it; returns a sentence."""
    known, folder = collected(course), folder_name(name)
    if name in ('.', '..') or '/' in name:  # the folder of the course, or another's
        sys.exit(f'FORGET={name} is no name')
    if name not in known and name not in names_in(course) and not (course / 'records' / f'{folder}.json').exists():
        sys.exit(f'nobody is called {name}: {", ".join(sorted({*known, *names_in(course)})) or "nobody has handed in"}')
    if known.pop(name, None):
        store(json.dumps(known, indent=1).encode(), course / 'collected.json')
    with open_gradebook(course) as book:
        withdraw(course, book, Record(name, folder), ASSIGNMENT)
        with contextlib.suppress(MissingEntry):
            book.remove_student(folder)
    shutil.rmtree(course / 'submitted' / name, ignore_errors=True)
    (course / 'records' / f'{folder}.json').unlink(missing_ok=True)
    return f'{name} is off the list; a file of that name among those downloaded would come again'


def names_in(course):
    """The students who have a folder in submitted."""
    return [text_of(folder.name) for folder in sorted(course.glob('submitted/*')) if folder.is_dir()]


def key_of_file(course, student):
    """The key of the file that lies in the folder submitted, '' where there is none."""
    file = course / 'submitted' / student / ASSIGNMENT / NOTEBOOK
    return key_of(file.read_bytes()) if file.is_file() and not file.is_symlink() else ''


def restored(hand_in, assignment):
    """The notebook of a `HandIn` as it is graded, and remarks on what was done to it."""
    modules = {name: file.path.read_bytes().decode(errors='replace') for name, file in hand_in.modules.items()}
    return restore(hand_in.file.path.read_bytes(), assignment, hand_in.beside, modules)


def _look_at(hand_in, assignment):
    """The `HandIn` with what `grade` will say about its file."""
    if not hand_in.file:
        return hand_in
    try:
        return replace(hand_in, remarks=hand_in.remarks + restored(hand_in, assignment)[1])
    except Unreadable as error:
        return replace(hand_in, problem=f'{hand_in.called} {error}')


def preview(hand_ins, listed, course=COURSE):
    """Print who has handed in what can't be graded, what is to be said about others, and what was not taken."""
    problems = [one for one in hand_ins if one.problem]
    for one in problems:
        print(in_a_line(f'{one.student:20s}  PROBLEM: {one.problem}'))
    for one in hand_ins:
        if one.remarks and not one.problem:
            print(in_a_line(f'{one.student:20s}  {"; ".join(one.remarks)}'))
    nobodys = [(name, what) for name, student, what in listed if not student and what != NOISE]
    for name, what in nobodys:
        print(in_a_line(f'NOT TAKEN: {name} {what}'))
    for sentence in Roster(course).sentences(sorted({*collected(course), *names_in(course)})):
        print(in_a_line(sentence))
    print(f'notebooks taken: {len(hand_ins) - len(problems)}, to ask for again: {len(problems)}, files without a name: '
          f'{len(nobodys)}; all files: {course / "collected.csv"}')
