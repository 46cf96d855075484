"""Grade submissions one after the other in one process: to load nbgrader takes longer than its own work.

    python classroom/course/grading_process.py       in a course's folder; `grader.Grader` starts it

Reads lines of JSON, {"student": …, "place": …}, and answers each with one, {"problem": …}: '' or the log. What a
submission has started falls back to this program when it hides from its parents, and is ended with the submission.
"""
import contextlib
import ctypes
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

import psutil

MEMORY = 4_000_000_000  # bytes of address space for each process of a submission; a right solution has 1.2 GB
FILES = 100_000_000  # bytes of each file that a submission writes
TAKE_BACK = 36  # of prctl: who has lost its parent becomes a child of this process, and not of the system's first


def watch():
    """Go on in a child of this process, which stays behind to end what the child has started, however that ends."""
    with contextlib.suppress(AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(TAKE_BACK, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: (end_all(os.getpid()), os._exit(0)))
    worker = os.fork()
    if worker == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return
    while os.wait()[0] != worker:
        pass
    end_all(os.getpid())
    os._exit(0)


def end_all(watcher, home=None):
    """End whatever was started below the process `watcher`, except this one: until nothing is left that starts another.

    `home`: also what has this home, where a system gives nobody back what has lost its parent (macOS).
    """
    while left := [*_below(watcher), *_with_home(home)]:
        for stop in (psutil.Process.suspend, psutil.Process.kill):  # what stands still starts nothing
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    stop(process)
        psutil.wait_procs(left, timeout=5)


def _below(watcher):
    return [process for process in psutil.Process(watcher).children(recursive=True)
            if process.pid != os.getpid() and _is_alive(process)]


def _with_home(home):
    if not home or sys.platform == 'linux':
        return []
    return [process for process in psutil.process_iter(['environ'])
            if (process.info['environ'] or {}).get('HOME') == home and process.pid != os.getpid()]


def _is_alive(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def main():
    from nbgrader.apps import AutogradeApp
    from nbgrader.converters import Autograde
    from nbgrader.utils import capture_log, temp_attrs
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what a kernel prints must not look like an answer
    if sys.platform == 'linux':
        psutil.Process().rlimit(psutil.RLIMIT_AS, (MEMORY, MEMORY))
        psutil.Process().rlimit(psutil.RLIMIT_FSIZE, (FILES, FILES))
    app = AutogradeApp.instance()
    app.initialize([])
    for line in sys.stdin:
        order = json.loads(line)
        # each submission has a home of its own, for all files that its kernel makes
        home = str(Path(order['place'], 'home'))
        os.environ.update(dict.fromkeys(('HOME', 'TMPDIR', 'MPLCONFIGDIR'), home))
        tempfile.tempdir = None
        with temp_attrs(app.coursedir, assignment_id=order['assignment'], student_id=order['student']):
            done = capture_log(Autograde(coursedir=app.coursedir, parent=app, force=True))
        end_all(os.getppid(), home)
        problem = '' if done['success'] else done.get('log', '') + done['error']
        print(json.dumps({'problem': problem}), file=answers, flush=True)


if __name__ == '__main__':
    watch()
    main()
