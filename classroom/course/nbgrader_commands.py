"""nbgrader's commands, as the course runs them, and what they work on."""
import os
import subprocess
import sys
from pathlib import Path

from grader import path

COURSE = Path(__file__).resolve().parent
ASSIGNMENT, NOTEBOOK = 'style_transfer', '06_exercises.ipynb'
EXCHANGE = 'D2L_STYLE_EXCHANGE' in os.environ  # on the hub, nbgrader's exchange hands out, takes in and gives back


def failure(*words, course):
    """Run a command of nbgrader in the folder `course`; what it says where it fails, else ''."""
    done = subprocess.run([sys.executable, '-m', 'nbgrader', *words], cwd=course, capture_output=True, text=True,
                          env={**os.environ, 'PATH': path()})
    return (done.stderr[-3000:] or 'it says nothing') if done.returncode else ''


def nbgrader(*words, course=COURSE, fatal=True):
    """Run a command of nbgrader in the folder `course`. Where it fails, its words end the program, if `fatal`."""
    failed = failure(*words, course=course)
    if failed:
        said = f'nbgrader {words[0]} failed:\n{failed}'
        sys.exit(said) if fatal else print(said, file=sys.stderr)


def exchange(command, *words, course):
    """Run a command of nbgrader that moves files between the exchange and the folder submitted."""
    nbgrader(command, ASSIGNMENT, '--CourseDirectory.submitted_directory=submitted', *words, course=course, fatal=False)


def store(content, target):
    """Write `content` (bytes) to the file `target`, whole or not at all, whatever lies there: a link is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f'._{target.name}')
    half.write_bytes(content)
    half.replace(target)
