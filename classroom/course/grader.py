"""A process that executes and grades submissions, with limits of time, memory and files."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import matplotlib
import psutil

PATIENCE = 600  # seconds for a submission from start to end, of which its cells have 300, and 60 a second time


class Grader:
    """Grades submissions of a course one at a time; one that ends or blocks the process costs the others nothing.

    `course`: the folder. `assignment`: its name. `threads`: those that MXNet takes in a submission. A context manager.
    """

    def __init__(self, course, assignment, threads):
        self.course, self.assignment, self.threads = course, assignment, threads
        self.process, self.home = None, tempfile.TemporaryDirectory(prefix='grader-', ignore_cleanup_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._end()
        self.home.cleanup()

    def grade(self, student, log):
        """Grade what lies in the folder `gradable` for `student`; '' or, in a sentence, why it could not be done.

        `log`: a file that is there afterwards where it could not.
        """
        with tempfile.TemporaryDirectory(prefix='grading-', ignore_cleanup_errors=True) as place:
            for name in ('home', 'run'):
                Path(place, name).mkdir()
            for file in Path(matplotlib.get_cachedir()).glob('fontlist-*.json'):  # else each looks for fonts anew
                shutil.copy(file, Path(place, 'home'))
            answer, late = self._ask({'student': student, 'assignment': self.assignment, 'place': place})
        if answer == '':
            log.unlink(missing_ok=True)
            return ''
        log.parent.mkdir(exist_ok=True)
        log.write_text(answer or 'The process that graded it ended without a word.')
        problem = (f'took more than {PATIENCE} seconds' if late else
                   'the process that graded it broke off' if answer is None else 'nbgrader could not grade it')
        return f'{problem}: see {log.relative_to(self.course)}'

    def stop(self):
        """End what is being graded, from another thread; a submission that comes after it is graded."""
        self._end()

    def _ask(self, order):
        """What the process answers, None where it ended instead; and whether that was because it took too long."""
        if not self.process or self.process.poll() is not None:
            self._start()
        late = threading.Event()
        timer = threading.Timer(PATIENCE, lambda: (late.set(), self._end()))
        timer.start()
        answer = ''
        with contextlib.suppress(OSError):  # it has ended
            self.process.stdin.write(json.dumps(order) + '\n')
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        timer.cancel()
        if not answer:
            self._end()  # its pipe is closed a moment before it is seen to have ended: the next one would be sent to it
        return (json.loads(answer)['problem'] if answer else None), late.is_set()

    def _start(self):
        program = str(Path(__file__).with_name('grading_process.py'))
        self.process = psutil.Popen([sys.executable, program], cwd=self.course, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                    env=environment(self.home.name, self.threads), start_new_session=True)

    def _end(self):
        if self.process:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.process.terminate()  # ends all that it has started, and itself
            self.process.wait()


def environment(home, threads):
    """Variables for a submission: nothing of the teacher's but the way to Python and its libraries."""
    kept = {name: os.environ[name] for name in ('LANG', 'LD_LIBRARY_PATH') if name in os.environ}
    return {**kept, 'PATH': path(), 'HOME': home, 'TMPDIR': home, 'OMP_NUM_THREADS': str(threads),
            'D2L_STYLE_PROFILE': 'embedded', 'TQDM_DISABLE': '1', 'PIP_NO_INDEX': '1', 'UV_OFFLINE': '1',
            'PYTHONDONTWRITEBYTECODE': '1'}


def path():
    """`PATH` with the programs of this environment in front: nbgrader starts some by their name."""
    return f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'

