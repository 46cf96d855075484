import ast
from pathlib import Path

import numpy as np
import pytest
from mxnet import nd

from .run import run

pytestmark = pytest.mark.slow

# all that can be seen of a module, names and the values behind them, but for modules that are imported when asked for
STATE = '{name: id(value) for name in dir(module) if type(value := getattr(module, name)) is not type(module)}'


@pytest.mark.parametrize('first', ['mxnet', 'd2l.mxnet', 'd2l_style.training'])
def test_numpy_and_scipy_are_as_they_were(first):
    code = f'''
import warnings
warnings.simplefilter('error')
import numpy, scipy.sparse, d2l_style
modules = numpy, scipy.sparse, numpy.linalg, numpy.random
states = [{STATE} for module in modules]
import {first}
for module, before in zip(modules, states):
    assert {STATE} == before
print(*(name for name in ('PZERO', 'float_', 'alltrue', 'mirr', 'product', 'Inf') if hasattr(numpy, name)))
'''
    printed, warned = run(code)
    assert warned == ''
    assert printed == '' or np.__version__ < '2'


def test_others_that_probe_numpy_while_mxnet_is_loaded_see_no_old_name(tmp_path):
    # MXNet imports requests on its way: what stands in its place here looks at NumPy
    (tmp_path / 'requests.py').write_text('import numpy, sys\nsys.found = [hasattr(numpy, name) for name in ("PZERO", '
                                          '"mirr", "pmt")] + [type(numpy).__name__]\n')
    assert run('import sys, d2l_style, mxnet; print(sys.found)', path=tmp_path)[0] == "[False, False, False, 'module']"


def test_old_names_mean_what_they_meant():
    from d2l_style.compat.old_names import OLD
    old = OLD['numpy']
    assert old.bool is bool
    assert old.PINF == -old.NINF == float('inf')
    assert str(old.NZERO) == '-0.0'
    assert old.msort(np.array([[3, 1], [2, 5]])).tolist() == [[2, 1], [3, 5]]
    assert old.trapz([1, 2, 3]) == 4
    assert old.in1d([1, 2], [2]).tolist() == [False, True]
    assert old.float32 is np.float32  # all others are NumPy's own
    with pytest.raises(NotImplementedError, match='numpy-financial'):
        old.npv(0.1, [1, 2])
    with pytest.raises(AttributeError):
        old.no_such_name  # noqa: B018


def test_names_that_mxnet_uses_at_run_time():
    import mxnet as mx
    assert nd.moveaxis(nd.zeros((2, 3, 4)), 0, 2).shape == (3, 4, 2)
    assert nd.array([[1, 0]], dtype=bool).asnumpy().tolist() == [[True, False]]
    assert mx.np.take(mx.np.arange(5), mx.np.array([7]), mode='clip').asnumpy().tolist() == [4]
    assert mx.np.full((2,), True).dtype in (np.float32, np.bool_)
    assert mx.np.in1d(mx.np.array([1, 2]), mx.np.array([2])).asnumpy().tolist() == [False, True]
    assert mx.nd.sparse.csr_matrix(np.eye(3, dtype='float32')).asscipy().nnz == 3
    assert mx.gluon.contrib.estimator.GradientUpdateHandler().priority == -2000
    assert float(np.mean(mx.np.ones((2, 2)))) == 1


@pytest.mark.filterwarnings('ignore::DeprecationWarning')  # old sources, and names that NumPy still has for a while
def test_every_name_that_mxnet_takes_from_numpy_is_there():
    from d2l_style.compat.old_names import OLD

    import mxnet
    missing = []
    for file in Path(mxnet.__file__).parent.rglob('*.py'):
        if file.read_bytes().startswith(b'../'):  # a link, as Windows' wheel has it
            continue
        nodes = list(ast.walk(ast.parse(file.read_text('utf-8'))))
        numpys = {alias.asname or alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
                  if alias.name == 'numpy'}
        missing += [f'{file.name}: {node.attr}' for node in nodes if isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Name) and node.value.id in numpys
                    and not hasattr(OLD['numpy'], node.attr)]
    assert missing == []


def test_records_with_several_labels_are_packed_and_unpacked():
    from mxnet import recordio
    header, data = recordio.unpack(recordio.pack(recordio.IRHeader(0, [1.5, 2.5], 7, 0), b'picture'))
    assert (header.label.tolist(), header.id, data) == ([1.5, 2.5], 7, b'picture')


def test_pictures_of_opencv_are_packed(tmp_path):
    # OpenCV is none of our packages: what stands in its place encodes nothing
    (tmp_path / 'cv2.py').write_text('import numpy\nIMWRITE_JPEG_QUALITY = 1\nIMREAD_COLOR = 1\n'
                                     'def imencode(*args):\n    return True, numpy.array([1, 2, 3], "uint8")\n')
    printed, _ = run('import d2l_style\nfrom mxnet import recordio\n'
                     'print(recordio.pack_img(recordio.IRHeader(0, 1.0, 7, 0), None)[-3:])', path=tmp_path)
    assert printed == repr(b'\x01\x02\x03')


def test_scipys_sparse_matrices_are_still_read():
    import scipy.sparse
    assert nd.array(scipy.sparse.csr_matrix(np.eye(2, dtype='float32'))).asnumpy().tolist() == [[1, 0], [0, 1]]
