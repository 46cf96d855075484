"""Commands on terminals that have no Unicode, and on those that nobody reads."""
from d2l_style.compat.terminal import _plain

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..systems import WINDOWS, posix_shell

ROOT = Path(__file__).resolve().parents[2]


def test_each_letter_has_a_plain_one():
    text = '✓ 225×150 – “é” ß ж'
    plain, end = _plain(UnicodeEncodeError('ascii', text, 0, len(text), 'not in range'))
    assert (plain, end) == ('v 225x150 - "e" ss ?', len(text))


@pytest.mark.slow
@pytest.mark.parametrize(('command', 'expected', 'settings'), [
    ('check', b'v Python', {'PYTHONIOENCODING': 'cp1252'}),
    ('profile', b': 1200\xd7800 pixels' if WINDOWS else b': 1200x800 pixels', {  # there those of the country
        'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0', 'LC_ALL': 'POSIX', 'PYTHONIOENCODING': ''})])
def test_commands_print_plain_letters_where_there_are_no_others(command, expected, settings):
    done = subprocess.run([sys.executable, '-m', 'd2l_style', command], cwd=ROOT, capture_output=True,
                          env={**os.environ, 'D2L_STYLE_PROFILE': '', **settings})
    assert b'Traceback' not in done.stderr and b'Error' not in done.stderr, done.stderr
    assert expected in done.stdout


@pytest.mark.slow
@posix_shell
def test_what_nobody_reads_is_no_traceback():
    start = f'"{sys.executable}" -m d2l_style'
    done = subprocess.run(f'{start} check | head -1; {start} pictures list >&-', shell=True, cwd=ROOT,
                          capture_output=True, text=True)
    assert done.stderr == ''
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path('/dev/full').exists(), reason='a device of Linux')
def test_a_full_disk_is_one_sentence():
    done = subprocess.run(f'"{sys.executable}" -m d2l_style check > /dev/full', shell=True, cwd=ROOT, text=True,
                          stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == 'error: what this prints could not be written (No space left on device)\n'
