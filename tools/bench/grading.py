"""Time to grade 30 submissions, one at a time and as many at once as there are cores, and to run their notebook.

    python tools/bench/grading.py

The submissions are 30 copies of the solution, so that nothing ends early. Each way once, with feedback and
table; then the notebook with all of its experiments, from top to bottom. Prints and stores seconds and ratio.
"""
from d2l_style.compat.threads import cores

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processor import processor

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'classroom' / 'course'))
from grade import grade  # noqa: E402
from hand_out import copy_to  # noqa: E402
from nbgrader_commands import ASSIGNMENT, NOTEBOOK, nbgrader  # noqa: E402

RESULTS = ROOT / 'tools' / 'bench' / 'results' / 'grading.json'
SUBMISSIONS = 30


def timed(function, *arguments, **settings):
    start = time.perf_counter()
    result = function(*arguments, **settings)
    return result, time.perf_counter() - start


def run_notebook(solution):
    """Execute a copy of the notebook with solutions, beside the pictures and links that it expects."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / 'notebooks').mkdir()
        shutil.copy(solution, Path(folder) / 'notebooks')
        command = [sys.executable, ROOT / 'tools' / 'run_notebooks.py', Path(folder) / 'notebooks' / solution.name]
        subprocess.run(command, check=True, capture_output=True)


def main():
    many = max(2, cores())
    seconds = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_to(Path(temporary) / 'course')
        nbgrader('generate_assignment', ASSIGNMENT, course=folder)
        solution = folder / 'source' / ASSIGNMENT / NOTEBOOK
        for number in range(SUBMISSIONS):
            target = folder / 'submitted' / f'student{number:02d}' / ASSIGNMENT
            target.mkdir(parents=True)
            text = solution.read_text(encoding='utf-8')  # by its hidden tests the source is known, and not taken
            (target / NOTEBOOK).write_text(text.replace('### BEGIN HIDDEN TESTS', ''), encoding='utf-8')
        for workers in (1, many):
            graded, seconds[f'{workers} at once'] = timed(grade, True, workers, folder)
            assert all(one.problem == '' and one.score == graded[0].score > 0 for one in graded)
        _, seconds['the notebook'] = timed(run_notebook, solution)
    print(processor())
    for way, found in seconds.items():
        print(f'{way:12s} {found:6.1f} seconds')
    print(f'{many} at once are {seconds["1 at once"] / seconds[f"{many} at once"]:.2f} times as fast as one')
    found = {'processor': processor(), 'cores': cores(), 'submissions': SUBMISSIONS, 'seconds': seconds}
    RESULTS.write_text(json.dumps(found, indent=2) + '\n')


if __name__ == '__main__':
    main()
