"""What is known of each student: which file was graded, what was done to it, and marks that were given by hand.

A record is a file of JSON in the folder `records`; the marks themselves are in nbgrader's gradebook.
"""
import csv
import hashlib
import io
import json
import shutil
import unicodedata
from dataclasses import asdict, dataclass, field

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader_commands import store

STEPS = ('gradable', 'autograded', 'feedback')  # folders, by student, of what was made from a submission
COLUMNS = ('assignment', 'duedate', 'timestamp', 'student_id', 'last_name', 'first_name', 'email', 'raw_score',
           'late_submission_penalty', 'score', 'max_score', 'late', 'problem', 'remarks')


@dataclass
class Record:
    """One student's. `student`: the name as it was handed in; `name`: that of folders, and in the gradebook."""

    student: str
    name: str
    key: str = ''  # of the file and the assignment that the rest is about
    graded: bool = False
    problem: str = ''  # why it has no marks
    notes: list = field(default_factory=list)  # on what was handed in
    remarks: list = field(default_factory=list)  # on what was done to the file that counts
    by_hand: dict = field(default_factory=dict)  # marks and comments of a file before, with what they were given for
    feedback: str = ''  # key of what the page was made from
    late: str = ''  # by how much it was handed in late, where that is known

    def write(self, course):
        """Store the record in the folder of a course."""
        store(json.dumps(asdict(self), indent=1).encode(), course / 'records' / f'{self.name}.json')


def read_record(course, name):
    """The stored record of the student whose folders are called `name`, or None."""
    file = course / 'records' / f'{name}.json'
    return Record(**json.loads(file.read_text())) if file.exists() else None


def read_records(course):
    """All records of a course."""
    files = sorted(course.glob('records/*.json'))
    return [read_record(course, file.stem) for file in files if not file.name.startswith('._')]  # half written


def is_graded(course, book, record, assignment):
    """Whether a record says so, and the marks and the notebook that they are for are still there."""
    if not record.graded or not (course / 'autograded' / record.name / assignment).exists():
        return False
    try:
        return bool(book.find_submission(assignment, record.name))
    except MissingEntry:
        return False


def feedback_key(book, record, assignment):
    """Changes with everything that a student's page shows."""
    marks = []
    if record.graded:
        for notebook in book.find_submission(assignment, record.name).notebooks:
            marks += [sorted((grade.name, grade.score) for grade in notebook.grades),
                      sorted((comment.name, comment.comment or '') for comment in notebook.comments)]
    return key_of(record.key, record.problem, record.notes, record.remarks, marks)


def key_of(*parts):
    """A short name for the bytes or texts `parts`, the same whenever they are the same."""
    texts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return hashlib.sha256(b'\0'.join(texts)).hexdigest()


def open_gradebook(course):
    """The gradebook of a course, for a `with`; to open it takes longer than to find a submission in it."""
    return Gradebook(f'sqlite:///{course / "gradebook.db"}?timeout=60')


def withdraw(course, book, record, assignment):
    """Take away all that was made from a student's last file; marks given by hand stay in the record."""
    try:
        submission = book.find_submission(assignment, record.name)
    except MissingEntry:
        pass
    else:
        record.by_hand.update(_by_hand(submission, _sources(course, record.name, assignment)))
        record.write(course)  # before they are gone from the gradebook
        book.remove_submission(assignment, record.name)
    for step in STEPS:
        shutil.rmtree(course / step / record.name, ignore_errors=True)
    record.feedback = ''


def give_back(course, record, assignment):
    """Bring marks and comments back that were given by hand for what has not changed; remarks on the others."""
    if not record.by_hand:
        return []
    sources, changed = _sources(course, record.name, assignment), []
    gone = {name.removeprefix('grade '): kept for name, kept in record.by_hand.items() if name.startswith('grade ')}
    with open_gradebook(course) as book:
        submission = book.find_submission(assignment, record.name)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                kept = record.by_hand.get(f'grade {grade.name}')
                gone.pop(grade.name, None)
                if kept and kept['source'] == sources.get(grade.name) and kept.get('of', grade.max_score) == (
                        grade.max_score):
                    grade.manual_score, grade.extra_credit = kept['score'], kept['extra']
                    grade.needs_manual_grade &= kept['score'] is None  # extra credit alone is no mark
                elif kept:
                    changed.append(_mark(grade.name, kept))
            for comment in notebook.comments:
                kept = record.by_hand.get(f'comment {comment.name}')
                if kept and kept['source'] == sources.get(comment.name):
                    comment.manual_comment = kept['comment']
        book.db.commit()
    record.by_hand = {}
    lost = [_mark(name, kept) for name, kept in gone.items()]
    said = {'changed since, so to be marked again': changed, 'not among the exercises any more': lost}
    return [f'marked by hand before, and {what}: {", ".join(names)}' for what, names in said.items() if names]


def _mark(name, kept):
    """'question_1 (4)' or, with extra credit, 'question_1 (4 + 2)'."""
    parts = [f'{points:g}' for points in (kept['score'], kept['extra']) if points]
    return f'{name} ({" + ".join(parts) or 0})'


def _by_hand(submission, sources):
    marks = {f'grade {grade.name}': {'score': grade.manual_score, 'extra': grade.extra_credit,
                                     'source': sources.get(grade.name), 'of': grade.max_score}
             for notebook in submission.notebooks for grade in notebook.grades
             if grade.manual_score is not None or grade.extra_credit}
    comments = {f'comment {comment.name}': {'comment': comment.manual_comment, 'source': sources.get(comment.name)}
                for notebook in submission.notebooks for comment in notebook.comments if comment.manual_comment}
    return {**marks, **comments}


def _sources(course, name, assignment):
    """{nbgrader's name of a cell: what a mark on it is given for: its text and the solutions since the last mark}."""
    sources, since = {}, []
    for file in (course / 'autograded' / name / assignment).glob('*.ipynb'):
        for cell in nbformat.read(file, as_version=4).cells:
            settings = cell.metadata.get('nbgrader', {})
            if settings:
                sources[settings['grade_id']] = '\n'.join([*since, cell.source])
                since = [] if settings['grade'] else [*since, cell.source]
    return sources


def write_table(course, book, assignment, graded):
    """`grades.csv`: nbgrader's columns, and problem and remarks; where nothing was graded the score is empty, not 0."""
    file = io.StringIO(newline='')
    table = csv.DictWriter(file, COLUMNS)
    table.writeheader()
    due = book.find_assignment(assignment).duedate
    for one in graded:
        row = {'assignment': assignment, 'duedate': due, 'student_id': one.student, 'score': one.score,
               'raw_score': one.score, 'max_score': one.largest, 'late': one.late, 'problem': one.problem,
               'remarks': '; '.join(one.remarks)}
        if one.score is not None:
            submission = book.find_submission(assignment, one.name)
            penalty = submission.late_submission_penalty
            row |= {'timestamp': submission.timestamp, 'raw_score': submission.score,
                    'late_submission_penalty': penalty, 'score': max(0.0, submission.score - penalty)}
        table.writerow({column: harmless(value) for column, value in row.items()})
    store(file.getvalue().encode('utf-8-sig'), course / 'grades.csv')


def harmless(value):
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple('=+-@\t\r') else value


def in_a_line(text):
    """A text without what a terminal obeys, such as the end of a line or Escape: names and code are students'."""
    return ''.join('\N{REPLACEMENT CHARACTER}' if unicodedata.category(one) in ('Cc', 'Cs', 'Zl', 'Zp') else one
                   for one in text)
