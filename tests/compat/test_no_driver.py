from d2l_style.compat.no_driver import FUNCTIONS, NO_DEVICE, STUB, write_stand_in

import ctypes
import platform
import sys

import pytest

pytestmark = pytest.mark.skipif((sys.platform, platform.machine()) != ('linux', 'x86_64'), reason='as is its wheel')


def test_the_stand_in_can_be_loaded_and_says_that_there_is_no_device(tmp_path):
    library = ctypes.CDLL(str(write_stand_in(tmp_path / 'libcuda.so.1', 'libnodriver.so.1')))
    assert {name: getattr(library, name)() for name in FUNCTIONS} == {
        name: STUB if name == 'cuInit' else NO_DEVICE for name in FUNCTIONS}
    with pytest.raises(AttributeError):
        library.cuCtxCreate  # noqa: B018


def test_another_library_can_be_linked_with_it_by_its_name(tmp_path):
    write_stand_in(tmp_path / 'first.so', 'libstandin.so.5')
    ctypes.CDLL(str(tmp_path / 'first.so'))
    assert ctypes.CDLL('libstandin.so.5').cuDeviceGet() == NO_DEVICE  # found by the name it has inside
