"""A class on one machine: how long 1, 10 and 30 students wait at the hub, and what memory they cost.

    .venv/bin/python tools/bench/hub.py [--students 1 10 30]      as root, 20 minutes

Starts the hub on a machine of its own (own_machine.sh) for each size of class, and the students (students.py),
on the same processors. Memory: how much less the machine had free at the worst moment of a step than before anybody
signed in, without the students' own program. Prints a table, and stores results/hub.json.
"""
import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path
from statistics import median

import psutil
from processor import processor

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.classroom.hub.serve import serve_hub  # noqa: E402

RESULTS = ROOT / 'tools' / 'bench' / 'results' / 'hub.json'
STUDENTS = ROOT / '.venv-bench' / 'bin' / 'python', ROOT / 'tools' / 'bench' / 'students.py'


def measure(number):
    """{step: seconds, failures, megabytes a student} of a class of `number`."""
    password = secrets.token_hex()
    with serve_hub(password) as hub:
        before = psutil.virtual_memory().available
        clients = psutil.Popen([*STUDENTS, hub.url, str(number), password], text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
        steps, taken, over = {}, [], threading.Event()

        def watch():
            while not over.wait(0.2):
                with contextlib.suppress(psutil.NoSuchProcess):
                    look()

        def look():
            taken.append(before - psutil.virtual_memory().available - clients.memory_info().rss)

        threading.Thread(target=watch, daemon=True).start()
        for line in clients.stdout:
            step = json.loads(line)
            look()
            step['megabytes'] = round(max(taken) / number / 1e6)
            taken.clear()
            steps[step.pop('step')] = step
            print(number, line.strip(), step['megabytes'], 'MB a student', flush=True)
            clients.stdin.write('\n')
            clients.stdin.flush()
        over.set()
        clients.wait()
        return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--students', type=int, nargs='+', default=[1, 10, 30])
    args = parser.parse_args()
    if os.geteuid() or not STUDENTS[0].exists():
        sys.exit('needs root, and what make .venv-bench/installed makes')
    found = {number: measure(number) for number in args.students}
    machine = {'processor': processor(), 'cores': psutil.cpu_count(logical=False),
               'memory_gb': round(psutil.virtual_memory().total / 2**30)}
    print(processor())
    for number, steps in found.items():
        for name, step in steps.items():
            seconds = step['seconds'] or [float('nan')]
            print(f'{number:3d} {name:12s} median {median(seconds):6.1f} s, most {max(seconds):6.1f} s, '
                  f'{step["megabytes"]:5d} MB a student, {len(step["failures"])} failed')
    if any(step['failures'] for steps in found.values() for step in steps.values()):
        sys.exit('Something failed: nothing is stored.')
    RESULTS.write_text(json.dumps({**machine, 'students': found}, indent=1) + '\n')


if __name__ == '__main__':
    main()
