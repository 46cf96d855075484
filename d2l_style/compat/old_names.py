"""Old names: what MXNet 1.9.1, the last release, and `d2l.mxnet` expect of NumPy, SciPy and Python, and where it went.

MXNet was written for NumPy 1.16 to 1.23 and for Python before 3.12. Its modules and `d2l.mxnet`, and no others, import
a NumPy that still has the names of that time; `numpy` itself is never changed. Found to hold for NumPy 1.23 to
2.5 and Python 3.10 to 3.14; a newer Python only waits for wheels of NumPy, SciPy and the others of the lock.
"""
import builtins
import sys
import types
from importlib import import_module

import numpy
import scipy
from packaging.version import Version


class OldModule(types.ModuleType):
    """`module` with `names` in front of its own."""

    def __init__(self, module, **names):
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(names)
        self._module = module

    def __getattr__(self, name):
        return getattr(self._module, name)


class Later(types.ModuleType):
    """The module called `name`, which is imported when something of it is asked for."""

    def __getattr__(self, name):
        return getattr(import_module(self.__name__), name)


class _Csr:
    """`scipy.sparse.csr`. MXNet asks whether an array is such a matrix, and none is before SciPy's are loaded."""

    @property
    def csr_matrix(self):
        return sys.modules['scipy.sparse'].csr_matrix if 'scipy.sparse' in sys.modules else ()


def _sparse():
    module = Later('scipy.sparse')
    module.csr = _Csr()
    return module


def _numpy():
    names = {
        'bool': bool, 'int': int, 'float': float,  # NumPy 2 has its own type under the first name
        'compat': types.SimpleNamespace(basestring=str),
        'PZERO': 0.0, 'NZERO': -0.0, 'PINF': numpy.inf, 'NINF': -numpy.inf, 'Inf': numpy.inf, 'NAN': numpy.nan,
        'NaN': numpy.nan, 'alltrue': numpy.all, 'sometrue': numpy.any, 'product': numpy.prod, 'round_': numpy.round,
        'in1d': numpy.isin, 'trapz': getattr(numpy, 'trapezoid', None) or numpy.trapz,  # noqa: NPY201
        'msort': lambda a: numpy.sort(a, axis=0),
        # the package numpy-financial has these now: MXNet only asks for them, when it is imported
        **{name: _moved_out(name) for name in ('mirr', 'npv', 'pmt', 'ppmt', 'pv', 'rate')},
    }
    if Version(numpy.__version__) >= Version('2'):
        from numpy.lib.array_utils import normalize_axis_tuple
        names['core'] = types.SimpleNamespace(numeric=types.SimpleNamespace(normalize_axis_tuple=normalize_axis_tuple))
    return OldModule(numpy, **names)


def _moved_out(name):
    def function(*_, **__):
        raise NotImplementedError(f'NumPy has no {name} any more: take it from the package numpy-financial')
    return function


OLD = {
    'numpy': _numpy(),
    # what only tests, quantisation and sparse arrays need: without it every kernel starts sooner and is smaller
    'scipy': OldModule(scipy, stats=Later('scipy.stats')), 'scipy.stats': OldModule(scipy, stats=Later('scipy.stats')),
    'scipy.sparse': types.SimpleNamespace(sparse=_sparse()),
    'pandas': Later('pandas'),  # `d2l` reads tables with it in other chapters
    # Python 3.12 dropped it; MXNet compares versions of NumPy with it
    'distutils.version': types.SimpleNamespace(LooseVersion=Version, StrictVersion=Version),
}


def _import(name, globals=None, locals=None, fromlist=(), level=0):  # noqa: A002  as `__import__` has them
    """`import` as MXNet's modules have it: absolute names in `OLD` come from there."""
    if level == 0 and name in OLD:
        return OLD[name]
    return builtins.__import__(name, globals, locals, fromlist, level)


class _Array(numpy.ndarray):
    tostring = numpy.ndarray.tobytes  # its name until NumPy 2.3


def _mend_recordio(recordio):
    """Labels and encoded pictures of `mxnet.recordio` have their old method again."""
    def asarray(*args, **kwargs):
        return numpy.asarray(*args, **kwargs).view(_Array)

    def imencode(*args):
        done, data = cv2.imencode(*args)
        return done, data.view(_Array)

    recordio.np, cv2 = OldModule(recordio.np, asarray=asarray), recordio.cv2
    if cv2 is not None:
        recordio.cv2 = OldModule(cv2, imencode=imencode)


MENDED = {'mxnet.recordio': _mend_recordio}  # after they were run
OLD_BUILTINS = {**vars(builtins), '__import__': _import}  # a module's own: Python looks its `import` up there
