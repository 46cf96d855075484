"""Loading: whoever imports MXNet after `d2l_style` gets one that runs on this machine, on all of its cores.

An import hook, so that `import mxnet` and `from d2l import mxnet as d2l` stay as the book has them. It sets the
threads and how memory is kept, finds the libraries, has OpenBLAS use what the processor has, gives MXNet the names that
NumPy had in its time, and has `d2l.try_gpu()` ask `device`. Nothing is imported before it is needed: `d2l_style` can be
imported where MXNet can not.
"""
import sys
import warnings
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader

from .blas import use_better_core
from .libraries import library_error, with_libraries
from .memory import keep_arrays
from .settings import find_home, mend_settings
from .terminal import use_plain_letters
from .threads import use_all_cores


class MXNetFinder(MetaPathFinder):
    """Finds the modules of `mxnet`, and `d2l.mxnet`, where Python finds them, and loads them with `MXNetLoader`."""

    def find_spec(self, fullname, path=None, target=None):
        """The spec of a module of MXNet, with our loader, or None: called by `import`."""
        if fullname not in ('d2l', 'd2l.mxnet') and fullname.partition('.')[0] != 'mxnet':
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if fullname in ('d2l', 'mxnet') and spec and spec.submodule_search_locations is None:
            raise ImportError(f'{spec.origin} has the name of a library, and hides it: give that file another name, '
                              'and start Python or the kernel anew')
        if fullname == 'd2l':
            return None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = MXNetLoader(spec.loader.name, spec.loader.path)
        return spec


class MXNetLoader(SourceFileLoader):
    """Runs a module of MXNet with its old names."""

    def get_code(self, fullname):
        """The code of a module: called by `import`. MXNet puts docstrings together, which `python -OO` leaves out."""
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', SyntaxWarning)  # Python 3.12 and later, about MXNet 1.7
            if sys.flags.optimize < 2:
                return super().get_code(fullname)
            return compile(self.get_data(self.path), self.path, 'exec', dont_inherit=True, optimize=1)

    def exec_module(self, module):
        """Run `module`: called by `import`."""
        from .old_names import MENDED, OLD_BUILTINS  # imports NumPy
        module.__builtins__ = OLD_BUILTINS
        if module.__name__ == 'mxnet':
            self._load_mxnet(module)
        else:
            super().exec_module(module)
        if module.__name__ in MENDED:
            MENDED[module.__name__](module)
        if module.__name__ == 'd2l.mxnet':
            from .device import usable_gpus
            module.num_gpus = usable_gpus  # what `d2l.try_gpu` and `d2l.try_all_gpus` ask

    def _load_mxnet(self, module):
        mend_settings()  # what was set since `prepare`
        use_all_cores()
        keep_arrays()
        try:
            with with_libraries():
                use_better_core()
                super().exec_module(module)
        except OSError as error:
            raise ImportError(library_error(error)) from None


def prepare():
    """Make MXNet importable, in this environment and on this terminal.

    Warns if it was imported before; raises `ImportError` if that has failed.
    """
    if any(isinstance(finder, MXNetFinder) for finder in sys.meta_path):
        return
    use_plain_letters()
    find_home()
    mend_settings()
    loaded = [name for name in sys.modules if name.partition('.')[0] == 'mxnet']
    if 'mxnet' in loaded:
        warnings.warn('mxnet was imported before d2l_style, and may use half of the cores or a GPU that it has no '
                      'code for: start Python or the kernel anew, and import d2l_style first', stacklevel=3)
    elif loaded:
        raise ImportError('mxnet was imported before d2l_style, and could not be loaded: start Python or the kernel '
                          'anew, and import d2l_style first')
    sys.meta_path.insert(0, MXNetFinder())
