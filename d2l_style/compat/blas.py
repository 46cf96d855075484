"""BLAS: let MXNet multiply matrices with the instructions that the processor has.

The OpenBLAS beside MXNet 1.9.1 is of January 2021 (0.3.13). It knows processors by number, and for one that it
does not know it falls back to what every x86 has: its kernels for Prescott, of 2004, take three times as long.
"""
import ctypes
import importlib.util
import os
from pathlib import Path

MODERN = ('Haswell', 'Zen', 'SkylakeX', 'Cooperlake')  # OpenBLAS's cores with AVX2 or more
AVX512 = {'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'}  # what its kernels for SkylakeX need


def library():
    """MXNet's OpenBLAS, or None where MXNet has another BLAS (macOS, Arm)."""
    # where `libraries` has put links beside each other, those that it needs are there too
    mxnet = Path(os.environ.get('MXNET_LIBRARY_PATH') or importlib.util.find_spec('mxnet').origin)
    try:
        return ctypes.CDLL(str(mxnet.parent / 'libopenblas.so.0'))
    except OSError:
        return None


def core(openblas):
    """The core whose kernels OpenBLAS uses, for example 'Haswell'."""
    openblas.openblas_get_corename.restype = ctypes.c_char_p
    return openblas.openblas_get_corename().decode()


def instructions():
    """The processor's instruction sets, as Linux names them; elsewhere none."""
    try:
        lines = Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith('flags')), set())


def better_core(chosen, available):
    """The core that OpenBLAS should use where `chosen` is far below the `available` instructions, else None."""
    if chosen in MODERN or not {'avx2', 'fma'} <= available:
        return None
    return 'SkylakeX' if available >= AVX512 else 'Haswell'


def use_better_core():
    """Before MXNet is loaded: have OpenBLAS choose again where it did not know the processor.

    What the user has set in the environment stays.
    """
    openblas = library() if 'OPENBLAS_CORETYPE' not in os.environ else None
    better = better_core(core(openblas), instructions()) if openblas else None
    if better:
        os.environ['OPENBLAS_CORETYPE'] = better
        openblas.gotoblas_dynamic_quit()
        openblas.gotoblas_dynamic_init()
        del os.environ['OPENBLAS_CORETYPE']  # NumPy's and SciPy's OpenBLAS choose for themselves
