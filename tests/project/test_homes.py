"""Tests live in homes of their own: a run leaves nothing in the person's."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .. import homes
from ..systems import grading


@pytest.mark.slow
@grading
def test_a_run_that_starts_a_kernel_leaves_nothing_in_the_persons_home(tmp_path):
    done = subprocess.run([sys.executable, '-m', 'pytest', 'tests/classroom/course/test_grading.py', '-k', 'too_long'],
                          cwd=homes.ROOT, env={**os.environ, 'HOME': str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert '1 passed' in done.stdout and not list(tmp_path.iterdir())


def test_what_programs_of_ours_leave_is_seen(tmp_path):
    for name in ('.ipython/profile_default', '.config/dask', '.local/share/jupyter/runtime', '.cache/somebodys'):
        (tmp_path / name).mkdir(parents=True)
    assert homes.left_in(tmp_path) == {'.ipython', '.config/dask', '.local/share/jupyter'}


def test_each_test_has_an_empty_home_outside_of_tmp():
    home = Path.home()
    assert not list(home.iterdir()) and home.parent == homes.ROOT / 'build' / 'homes'
    assert not [name for name in os.environ if name.startswith(homes.LEAD_OUT)]
