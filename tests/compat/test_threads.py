from d2l_style.compat.threads import cores

import os

from .run import run

SHOW = 'import os; print(*(os.environ.get(name) for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT")))'


def test_every_core_that_the_process_may_use_is_counted():
    assert 1 <= cores() <= os.cpu_count()


def test_no_more_are_counted_than_the_container_may_use(monkeypatch):
    monkeypatch.setattr('dask.system.cpu_count', lambda: 1)
    assert cores() == 1


def test_mxnet_is_loaded_with_the_threads_set():
    assert run(f'import d2l_style, mxnet; {SHOW}') == (f'{cores()} active 300000', '')


def test_what_the_user_has_set_stays():
    settings = {'OMP_NUM_THREADS': '1', 'OMP_WAIT_POLICY': 'passive'}
    assert run(f'import d2l_style, mxnet; {SHOW}', **settings) == ('1 passive None', '')
