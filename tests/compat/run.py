"""Run code in a fresh Python: what happens at an import can be seen once a process."""
import os
import subprocess
import sys


def run(code, *, check=True, path='', **settings):
    """(stdout, stderr) of `code` in a fresh Python, with `settings` and no others of OpenMP, OpenBLAS, MXNet and glibc.

    `path`: folders that come first in its PYTHONPATH. Fails where the code fails, unless `check` is off.
    """
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(('OMP_', 'GOMP_', 'MXNET_', 'OPENBLAS_', 'MALLOC_'))}
    environment['PYTHONPATH'] = os.pathsep.join(filter(None, [str(path), environment.get('PYTHONPATH', '')]))
    done = subprocess.run([sys.executable, '-c', code], env={**environment, **settings}, capture_output=True, text=True,
                          encoding='utf-8')
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr.strip()
