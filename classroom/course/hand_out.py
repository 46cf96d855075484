"""Hand out: the student version of the exercises, and their hidden tests for the gradebook."""
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbgrader_commands import ASSIGNMENT, COURSE, EXCHANGE, NOTEBOOK, nbgrader

# what nbgrader needs in a course's folder
CONFIGURATION = ('nbgrader_config.py', 'preprocessors.py', 'pages.py', 'inbound.py', 'apart.py', 'landlock.py',
                 'grading_process.py')


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
