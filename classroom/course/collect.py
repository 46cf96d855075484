"""Take in: sort what was handed in by student, and say at once what is wrong with it."""
import csv
import json
import tempfile
from dataclasses import replace

from hand_out import released
from handins import NOISE, take_in
from nbgrader_commands import ASSIGNMENT, COURSE, EXCHANGE, NOTEBOOK, exchange, store
from reading import Unreadable
from records import key_of
from restore import restore


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
                store(one.file.path.read_bytes(), course / 'submitted' / one.student / ASSIGNMENT / NOTEBOOK)
        (course / 'collected.json').write_text(json.dumps({
            one.student: [one.called, one.problem, one.remarks, key_of_file(course, one.student)]
            for one in hand_ins}))
        looked_at = [_look_at(one, assignment) for one in hand_ins]
    with (course / 'collected.csv').open('w', newline='', encoding='utf-8-sig') as file:
        csv.writer(file).writerows([('file', 'student', 'what became of it'), *listed])
    return looked_at, listed


def key_of_file(course, student):
    """The key of the file that lies in the folder submitted, '' where there is none."""
    file = course / 'submitted' / student / ASSIGNMENT / NOTEBOOK
    return key_of(file.read_bytes()) if file.is_file() and not file.is_symlink() else ''


def _look_at(hand_in, assignment):
    """The `HandIn` with what `grade` will say about its file."""
    if not hand_in.file:
        return hand_in
    try:
        return replace(hand_in, remarks=hand_in.remarks + restore(hand_in.file.path.read_bytes(), assignment)[1])
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
