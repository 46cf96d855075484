"""Grade submissions one after the other in one process: to load nbgrader takes longer than its own work.

    python classroom/course/grading_process.py       in a course's folder; `grader.Grader` starts it

Reads lines of JSON, {"student": …, "home": …}, and answers each with one, {"problem": …}: '' or the log.
"""
import json
import os
import sys
import tempfile

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.utils import capture_log, temp_attrs


def main():
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what a kernel prints must not look like an answer
    app = AutogradeApp.instance()
    app.initialize([])
    for line in sys.stdin:
        order = json.loads(line)
        # each submission has a home of its own, for all files that its kernel makes
        os.environ.update(dict.fromkeys(('HOME', 'TMPDIR', 'JUPYTER_RUNTIME_DIR', 'MPLCONFIGDIR'), order['home']))
        tempfile.tempdir = None
        with temp_attrs(app.coursedir, assignment_id=order['assignment'], student_id=order['student']):
            done = capture_log(Autograde(coursedir=app.coursedir, parent=app, force=True))
        problem = '' if done['success'] else done.get('log', '') + done['error']
        print(json.dumps({'problem': problem}), file=answers, flush=True)


if __name__ == '__main__':
    main()
