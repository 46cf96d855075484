import platform
import sys

import pytest

from .run import run

SHOW = 'print(*(os.environ.get(name) for name in ("MXNET_CPU_TEMP_COPY", "MXNET_EXEC_BULK_EXEC_TRAIN")))'
# 200 MB that are free again; resident memory in MB before, with, and after them
FREED = '''
import os, psutil
import d2l_style, mxnet
rss = lambda: psutil.Process().memory_info().rss // 2 ** 20
found = [rss()]
arrays = [bytearray(10 * 2 ** 20) for _ in range(20)]
found.append(rss())
del arrays
found.append(rss())
from d2l_style.compat.memory import give_back
give_back()
found.append(rss())
print(*(now - found[0] for now in found[1:]))
'''
glibc = pytest.mark.skipif(sys.platform != 'linux' or platform.libc_ver()[0] != 'glibc',
                           reason='other C libraries keep memory in their own way')


def test_mxnet_keeps_what_an_operator_needs_once():
    assert run(f'import os, d2l_style, mxnet; {SHOW}') == ('1 0', '')


def test_what_the_user_has_set_stays():
    assert run(f'import os, d2l_style, mxnet; {SHOW}', MXNET_CPU_TEMP_COPY='3') == ('3 0', '')


@glibc
def test_freed_arrays_are_kept_until_they_are_given_back():
    full, freed, given_back = map(int, run(FREED)[0].split())
    assert full >= 195 and freed >= 195 and given_back < 20


@glibc
def test_the_c_librarys_own_settings_stay():
    _, freed, _ = map(int, run(FREED, MALLOC_MMAP_THRESHOLD_='1000000')[0].split())
    assert freed < 20
