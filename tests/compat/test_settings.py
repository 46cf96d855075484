"""What the environment may hold: nothing in it ends the process, keeps it waiting, or is a traceback."""
from d2l_style.compat import settings
from d2l_style.compat.threads import cores

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from .run import run

# an epoch's kinds of work: a convolution and its gradient, a product of matrices, a figure
WORK = '''
import d2l_style
from d2l import mxnet as d2l
from mxnet import autograd, nd
X, W = nd.ones((1, 3, 40, 40)), nd.ones((8, 3, 3, 3))
X.attach_grad()
with autograd.record():
    l = nd.Convolution(X, W, no_bias=True, kernel=(3, 3), num_filter=8).mean()
l.backward()
d2l.plt.figure()
import os
print(l.asscalar(), nd.dot(W.reshape((8, 27)), W.reshape((27, 8))).sum().asscalar(), os.environ['OMP_NUM_THREADS'])
'''


@pytest.fixture
def environment(monkeypatch):
    """A function that mends an environment of nothing but what is given, and returns it."""
    for name in ('matplotlib', 'ipykernel'):  # the lab's tests have loaded them
        monkeypatch.delitem(sys.modules, name, raising=False)

    def mend(**names):
        monkeypatch.setattr(settings, 'os', SimpleNamespace(environ=names, path=os.path))
        monkeypatch.setattr(settings, 'left_out', {})
        settings.mend_settings()
        return names
    return mend


@pytest.mark.parametrize('name', ['OMP_NUM_THREADS', 'MXNET_CPU_WORKER_NTHREADS', 'MXNET_CPU_TEMP_COPY'])
@pytest.mark.parametrize('value', ['0', '-1', 'two', '1e3', '2.5', '4;1', '0x2', ',4', '100000', '9' * 5000])
def test_what_is_no_number_of_threads_is_left_out_with_one_sentence(environment, capsys, name, value):
    assert environment(**{name: value}) == {}
    said = capsys.readouterr().err
    assert said.startswith(f'{name}={value[:60]}') and said.count('\n') == 1 and len(said) < 250
    assert f'allowed is a whole number from 1 to {settings.THREADS}.' in said


@pytest.mark.parametrize(('value', 'kept'), [('4,1', '4'), (' 4 ', '4'), ('+2', '2'), ('3 , 2,1', '3'), ('4', '4')])
def test_of_a_list_the_first_number_counts(environment, capsys, value, kept):
    assert environment(OMP_NUM_THREADS=value) == {'OMP_NUM_THREADS': kept}
    assert capsys.readouterr().err == ''


def test_what_is_empty_is_not_set(environment, capsys):
    assert environment(OMP_NUM_THREADS='', MXNET_ENGINE_TYPE=' ', MXNET_LIBRARY_PATH='', OPENBLAS_CORETYPE='') == {}
    assert capsys.readouterr().err == ''


@pytest.mark.parametrize(('name', 'value'), [
    ('MXNET_ENGINE_TYPE', 'Threaded'), ('MXNET_EXEC_BULK_EXEC_TRAIN', '2'), ('MXNET_SAFE_ACCUMULATION', 'yes'),
    ('OMP_DYNAMIC', 'true'), ('OMP_STACKSIZE', '99999G'), ('DMLC_ROLE', 'server'), ('OMP_THREAD_LIMIT', '0'),
    ('MXNET_LIBRARY_PATH', '/nowhere/libmxnet.so'), ('MXNET_LIBRARY_PATH', '/' + 'a' * 5000),
    ('MPLBACKEND', 'nonsense'), ('MPLBACKEND', 'module://backend_of_an_editor')])
def test_other_words_are_left_out_too(environment, capsys, name, value):
    assert environment(**{name: value}) == {}
    assert capsys.readouterr().err.startswith(f'{name}={value[:60]}')


def test_what_is_allowed_stays(environment, capsys):
    good = {'MXNET_ENGINE_TYPE': 'NaiveEngine', 'OMP_DYNAMIC': 'FALSE', 'OMP_STACKSIZE': '8 M', 'MPLBACKEND': 'Agg',
            'MXNET_SAFE_ACCUMULATION': 'True', 'MXNET_MKLDNN_CACHE_NUM': '-1', 'MXNET_LIBRARY_PATH': __file__,
            'DMLC_ROLE': 'worker', 'MXNET_HOME': 'anything', 'PATH': ''}
    assert environment(**good) == good
    assert capsys.readouterr().err == ''


def test_a_backend_that_draws_elsewhere_is_not_for_a_notebook(environment, monkeypatch):
    monkeypatch.setattr(settings.sys, 'platform', 'linux')
    monkeypatch.setitem(sys.modules, 'ipykernel', SimpleNamespace())
    for backend in ('agg', 'TkAgg', 'macosx'):
        assert environment(MPLBACKEND=backend) == {'MPLBACKEND': settings.INLINE}
    monkeypatch.delitem(sys.modules, 'ipykernel')
    assert environment(MPLBACKEND='QtAgg') == {}  # no display
    assert environment(MPLBACKEND='QtAgg', DISPLAY=':0') == {'MPLBACKEND': 'QtAgg', 'DISPLAY': ':0'}


@pytest.mark.slow
def test_an_environment_full_of_nonsense_computes():
    bad = {'OMP_NUM_THREADS': 'two', 'OMP_DYNAMIC': 'true', 'OMP_STACKSIZE': '99999G', 'DMLC_ROLE': 'server',
           'MXNET_CPU_WORKER_NTHREADS': '0', 'MXNET_CPU_TEMP_COPY': '0', 'MXNET_ENGINE_TYPE': 'Nonsense',
           'MXNET_CPU_PRIORITY_NTHREADS': '0', 'MPLBACKEND': 'macosx', 'MXNET_MKLDNN_ENABLED': 'perhaps',
           'MXNET_LIBRARY_PATH': '/nowhere/libmxnet.so'}
    if sys.platform == 'darwin':
        del bad['MPLBACKEND']
    printed, said = run(WORK, **bad)
    assert printed == f'27.0 1728.0 {cores()}'
    assert sorted(line.partition('=')[0] for line in said.splitlines()) == sorted(bad)


@pytest.mark.slow
def test_a_limit_of_openmp_is_the_number_of_threads():
    # MXNet waited for ever for the others
    assert run(WORK, OMP_THREAD_LIMIT='1', OMP_NUM_THREADS='4,2') == ('27.0 1728.0 1', '')


@pytest.mark.slow
def test_docstrings_that_python_leaves_out_are_there_for_mxnet():
    assert run(WORK, PYTHONOPTIMIZE='2') == (f'27.0 1728.0 {cores()}', '')


@pytest.mark.slow
def test_the_check_tells_what_it_has_found(tmp_path):
    printed, _ = run('from d2l_style.compat import check; check._line("settings", check.settings); '
                     'check._line("cores", check.cores)', OMP_NUM_THREADS='two', MXNET_ENGINE_TYPE='x',
                     path=tmp_path, PYTHONOPTIMIZE='1')
    assert 'OMP_NUM_THREADS=two' in printed and 'MXNET_ENGINE_TYPE=x' in printed
    assert f'PYTHONPATH={tmp_path}' in printed and 'PYTHONOPTIMIZE: the asserts' in printed
    assert f'processors, {cores()} threads' in printed


@pytest.mark.slow
@pytest.mark.skipif(os.name == 'nt', reason='who signs in to Windows has a home')
def test_a_user_without_a_home_gets_one(tmp_path):
    nobody = '''
import os, pwd
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
del os.environ["HOME"]
import d2l_style
from d2l_style.store.folders import cache_folder, zoo_folder
lab = __import__('d2l_style.lab', fromlist=['style_lab']).style_lab(image_shape=(48, 32))
lab.close()
print(os.environ['HOME'], cache_folder(), zoo_folder())
'''
    home = tmp_path / f'd2l-style-home-{os.getuid()}'
    printed, said = run(nobody, TMPDIR=str(tmp_path), D2L_STYLE_CACHE='', MXNET_HOME='', XDG_CACHE_HOME='')
    assert printed == f'{home} {home}/.cache/d2l-style {home}/.mxnet/models'
    assert 'Traceback' not in said


def test_a_home_that_is_no_folder_is_the_systems(monkeypatch):
    for home in ('', 'relative'):
        monkeypatch.setenv('HOME', home)
        settings.find_home()
        assert Path(os.environ['HOME']).is_absolute()


@pytest.mark.slow
@pytest.mark.parametrize('name', ['d2l', 'mxnet'])
def test_a_file_that_hides_a_library_is_named(tmp_path, name):
    (tmp_path / f'{name}.py').write_text('')
    _, error = run('import d2l_style\nfrom d2l import mxnet as d2l', path=tmp_path, check=False)
    assert error.splitlines()[-1].startswith(f'ImportError: {tmp_path / name}.py has the name of a library')
