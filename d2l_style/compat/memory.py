"""Memory: MXNet and Gluon keep what nobody uses any more; before a training it goes back to the system."""
import ctypes
import gc
import sys
from contextlib import suppress


def give_back():
    """Give the memory of blocks that nobody uses back to the system."""
    gc.collect()  # Gluon's blocks refer to themselves
    if sys.platform == 'linux':
        with suppress(AttributeError):  # glibc keeps what was freed for later; other C libraries have no such function
            ctypes.CDLL(None).malloc_trim(0)
