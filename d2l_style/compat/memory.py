"""Memory: an epoch asks for the same arrays as the one before, and gets them from this process, not from the system.

The C library hands much of what is free back to the system at once, which fills it with zeros when it is asked for
again: a tenth of an epoch at 225×150. MXNet keeps the space that an operator needs while it runs, four times. What
nobody uses any more goes back when a training is over.
"""
import ctypes
import gc
import os
import sys
from contextlib import suppress

# malloc.h of glibc: free memory at the heap's end that is kept, how much more is asked for than is needed, from which
# size on the system is asked for an array of its own (more is not allowed, and would cost memory), the number of heaps
GLIBC = {-1: 256 * 2 ** 20, -2: 16 * 2 ** 20, -3: 32 * 2 ** 20, -8: 1}
# MXNet's documentation, "Environment Variables"; joining operators to one task has all of their arrays at once
MXNET = {'MXNET_CPU_TEMP_COPY': '1', 'MXNET_EXEC_BULK_EXEC_TRAIN': '0', 'MXNET_EXEC_BULK_EXEC_INFERENCE': '0'}


def keep_arrays():
    """Set what MXNet reads when it is loaded, and how glibc keeps memory; what the user has set stays."""
    for name, value in MXNET.items():
        os.environ.setdefault(name, value)
    if any(name.startswith('MALLOC_') or name == 'GLIBC_TUNABLES' for name in os.environ):
        return
    for parameter, value in GLIBC.items():
        _glibc('mallopt', parameter, value)


def give_back():
    """Give the memory of blocks that nobody uses back to the system."""
    gc.collect()  # Gluon's blocks refer to themselves
    _glibc('malloc_trim', 0)


def giving_back(steps):
    """Hand out what the generator `steps` does, and give memory back before the first and after the last."""
    give_back()
    try:
        yield from steps
    finally:
        give_back()


def _glibc(function, *arguments):
    """Call a function of the C library that only glibc has."""
    if sys.platform == 'linux':
        with suppress(AttributeError):
            getattr(ctypes.CDLL(None), function)(*arguments)
