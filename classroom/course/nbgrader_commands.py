"""nbgrader's commands, as the course runs them, and what they work on."""
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from grader import path

COURSE = Path(__file__).resolve().parent
ASSIGNMENT, NOTEBOOK = 'style_transfer', '06_exercises.ipynb'
EXCHANGE = 'D2L_STYLE_EXCHANGE' in os.environ  # on the hub, nbgrader's exchange hands out, takes in and gives back


def nbgrader(*words, course=COURSE, fatal=True):
    """Run a command of nbgrader in the folder `course`. Where it fails, its words end the program, if `fatal`."""
    done = subprocess.run([sys.executable, '-m', 'nbgrader', *words], cwd=course, capture_output=True, text=True,
                          env={**os.environ, 'PATH': path()})
    if done.returncode:
        said = f'nbgrader {words[0]} failed:\n{done.stderr[-3000:]}'
        sys.exit(said) if fatal else print(said, file=sys.stderr)


def exchange(command, *words, course):
    """Run a command of nbgrader that moves files between the exchange and the folder submitted."""
    nbgrader(command, ASSIGNMENT, '--CourseDirectory.submitted_directory=submitted', *words, course=course, fatal=False)


def store(content, target):
    """Write `content` (bytes) to the file `target`, whatever lies there."""
    with contextlib.suppress(OSError):  # what lies there is replaced, a link too
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
