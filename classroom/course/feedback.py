"""Feedback: a page for each student, and beside it what nbgrader's exchange needs to bring it to them."""
import html
import shutil
from pathlib import Path

import nbformat
import pages
from nbconvert import HTMLExporter
from nbgrader.utils import parse_utc
from nbgrader_commands import ASSIGNMENT, NOTEBOOK, nbgrader, store
from records import feedback_key

# a page of feedback runs nothing, and asks no other server for anything, whatever is in it
POLICY = ('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
          'style-src \'unsafe-inline\'; base-uri \'none\'; form-action \'none\'"/>')


def give_feedback(course, book, records):
    """A page for everybody whose marks, comments or remarks have changed; a sentence for who has no marks."""
    keys = {record.name: feedback_key(book, record, ASSIGNMENT) for record in records}
    page = {name: course / 'feedback' / name / ASSIGNMENT / f'{Path(NOTEBOOK).stem}.html' for name in keys}
    new = [record for record in records if record.feedback != keys[record.name] or not page[record.name].exists()]
    if any(record.graded for record in new):
        others = ','.join(record.name for record in records if record not in new)
        nbgrader('generate_feedback', ASSIGNMENT, '--force', f'--CourseDirectory.student_id_exclude={others}',
                 course=course, fatal=False)  # the table comes all the same
    exporter = HTMLExporter(filters=pages.FILTERS, sanitize_html=True)
    for record in new:
        if not record.graded:
            text = f'# Not graded\n\n{html.escape("; ".join([record.problem, *record.notes]))}'
            cell = nbformat.v4.new_markdown_cell(text)
            body, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
            store(body.encode(), page[record.name])
            copy_of_exchange(course, record, 'feedback')
        if page[record.name].exists():
            text = page[record.name].read_text('utf-8')
            store(text.replace('<head>', f'<head>{POLICY}', 1).encode(), page[record.name])
        record.feedback = keys[record.name]
        record.write(course)


def copy_of_exchange(course, record, step):
    """What nbgrader's exchange has put beside a notebook: when it was handed in, and what its feedback is called."""
    for name in ('timestamp.txt', 'submission_secret.txt'):
        file = course / 'submitted' / record.student / ASSIGNMENT / name
        if name == 'timestamp.txt' and not time_of_exchange(course, record.student):
            continue
        if file.is_file() and not file.is_symlink():
            shutil.copyfile(file, course / step / record.name / ASSIGNMENT / name)


def can_be_returned(course, name):
    """Whether nbgrader's exchange can bring the feedback back: to who handed in there, and left both files whole.

    Where one of them is not, nbgrader would bring nobody anything.
    """
    folder = course / 'feedback' / name / ASSIGNMENT
    secret = folder / 'submission_secret.txt'
    try:
        return bool(secret.read_text('utf-8').strip()) and (folder / 'timestamp.txt').is_file()
    except (OSError, ValueError):
        return False


def time_of_exchange(course, student):
    """When something was handed in, as nbgrader's exchange has written it beside it; '' where that is no time.

    It lies among what the student handed in, and so may be anything.
    """
    file = course / 'submitted' / student / ASSIGNMENT / 'timestamp.txt'
    if not file.is_file() or file.is_symlink():
        return ''
    try:
        with file.open(encoding='utf-8') as lines:
            said = lines.read(100).strip()
        parse_utc(said)
    except (ValueError, OverflowError):  # also of letters that are none
        return ''
    return said
