import importlib.util

import numpy as np
import pytest

from ..systems import linux
from .run import run

pytestmark = pytest.mark.slow


def test_mxnet_and_d2l_can_be_imported_in_any_order_after_the_package():
    for line in ('import mxnet', 'from d2l import mxnet as d2l', 'from d2l import mxnet; import mxnet.gluon'):
        assert run(f'import d2l_style; {line}') == ('', '')


def test_importing_the_package_imports_nothing_else():
    heavy = 'mxnet', 'numpy', 'scipy', 'matplotlib', 'psutil'
    assert run(f'import sys, d2l_style; print([name for name in {heavy} if name in sys.modules])')[0] == '[]'


def test_mxnet_does_without_statistics_until_it_needs_them():
    printed, _ = run('import sys, d2l_style, mxnet\nprint("scipy.stats" in sys.modules)\n'
                     'from mxnet.contrib import quantization\nprint(quantization.stats.norm.cdf(0))')
    assert printed.split() == ['False', '0.5']


def test_tables_and_sparse_arrays_are_loaded_when_they_are_asked_for():
    printed, _ = run('import sys, d2l_style\nfrom d2l import mxnet as d2l\nfrom mxnet import nd\nnd.array([[0, 1]])\n'
                     'print([name for name in ("pandas", "scipy.sparse") if name in sys.modules])\n'
                     'print(d2l.pd.DataFrame({"a": [2]}).a.sum())\n'
                     'from scipy.sparse import csr_matrix\nfound = nd.sparse.array(csr_matrix([[0, 3.0]]))\n'
                     'print(found.stype, found.asscipy().sum(), nd.array(csr_matrix([[0, 3.0]])).stype)')
    assert printed.split() == ['[]', '2', 'csr', '3.0', 'csr']


def test_every_public_name_can_be_had():
    printed, _ = run('from d2l_style import *; import d2l_style; '
                     'print(all(name in globals() for name in d2l_style.__all__), set(d2l_style.__all__) <= '
                     'set(dir(d2l_style)))')
    assert printed == 'True True'


def test_a_name_that_is_not_there_is_an_attribute_error():
    import d2l_style
    with pytest.raises(AttributeError, match='no attribute .tarin'):
        d2l_style.tarin  # noqa: B018


@pytest.mark.skipif(np.__version__ < '1.24', reason='MXNet loads by itself on so old a NumPy')
def test_where_mxnet_was_imported_first_and_failed_one_sentence_says_what_to_do():
    code = '''
try:
    import mxnet
except Exception as error:
    print(type(error).__name__)
import d2l_style
'''
    printed, error = run(code, check=False)
    assert printed
    last = error.splitlines()[-1]
    assert last == ('ImportError: mxnet was imported before d2l_style, and could not be loaded: start Python or the '
                    'kernel anew, and import d2l_style first')


def test_where_mxnet_was_imported_first_a_warning_says_so(tmp_path):
    (tmp_path / 'mxnet.py').write_text('')
    _, warned = run('import mxnet, d2l_style', path=tmp_path)
    assert 'mxnet was imported before d2l_style' in warned
    assert 'import d2l_style first' in warned


def test_where_mxnet_is_not_installed_one_sentence_says_what_to_do():
    code = '''
import sys
import d2l_style
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name == 'mxnet':
            raise ModuleNotFoundError("No module named 'mxnet'", name='mxnet')
sys.meta_path.insert(0, Nowhere())
from d2l_style import train
'''
    _, error = run(code, check=False)
    assert error.splitlines()[-1].startswith('ImportError: MXNet is not installed here: pip install --no-deps mxnet==')


def test_nothing_but_mxnet_goes_through_the_hook():
    from d2l_style.compat.loading import MXNetFinder
    assert MXNetFinder().find_spec('numpy') is None
    assert MXNetFinder().find_spec('d2l') is None
    assert MXNetFinder().find_spec('mxnet_of_somebody_else') is None
    assert importlib.util.find_spec('mxnet') is not None


@linux
def test_a_library_that_is_missing_is_one_sentence(tmp_path):
    # MXNet's file is asked for a library that no system has
    code = '''
import d2l_style
from d2l_style.compat import libraries
libraries.NEEDED['libnowhere.so.7'] = ('libnowhere7', 'libnowhere', 'nowhere')
import ctypes
class Fails(ctypes.CDLL):
    def __init__(self, name, *args, **kwargs):
        if 'mxnet' in str(name):
            raise OSError('libnowhere.so.7: cannot open shared object file')
        super().__init__(name, *args, **kwargs)
ctypes.CDLL = Fails
from mxnet import nd
'''
    _, error = run(code, check=False)
    assert error.splitlines()[-1] == (
        "ImportError: MXNet needs libnowhere.so.7, which this system lacks: install it (as root; Debian or Ubuntu: "
        "'apt install libnowhere7'; Fedora: 'dnf install libnowhere'; Arch: 'pacman -S nowhere'), and start Python or "
        'the kernel anew')
