"""Every program under tools/ finds what it imports: most of them run by hand, and seldom."""
import subprocess
import sys
from pathlib import Path

import pytest

from ..systems import WINDOWS

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {'jupyter_kernel_client', 'torch'}  # packages of .venv-bench
IMPORT = '''
import d2l_style  # as those programs that use MXNet have it imported first
import runpy, sys
from pathlib import Path
for file in sorted(Path('tools').rglob('*.py')):
    if file.name == 'conf.py':
        continue  # Sphinx's settings, which only Sphinx can read
    sys.path.insert(0, str(file.parent))
    try:
        runpy.run_path(str(file), run_name='imported')
    except ModuleNotFoundError as error:
        print(error.name, file)
    sys.path.remove(str(file.parent))
print('done')
'''


@pytest.mark.skipif(WINDOWS, reason='these programs run on Linux')
def test_every_program_finds_what_it_imports():
    done = subprocess.run([sys.executable, '-c', IMPORT], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout, done.stderr
    *lacking, last = done.stdout.splitlines()
    assert last == 'done', done.stderr
    assert {line.split()[0] for line in lacking} <= ELSEWHERE, lacking
