import os
import subprocess
import sys

from d2l_style.threads import cores

SHOW = 'import os; print(*(os.environ.get(name) for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT")))'


def run(code, **settings):
    """What a fresh Python prints, on stdout and stderr, with OpenMP's settings as given and no others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('OMP_', 'GOMP_'))}
    done = subprocess.run([sys.executable, '-c', code], env={**environment, **settings}, capture_output=True,
                          text=True, check=True)
    return done.stdout.strip(), done.stderr


def test_every_core_that_the_process_may_use_is_counted():
    assert 1 <= cores() <= os.cpu_count()


def test_importing_the_package_sets_the_threads():
    assert run(f'import d2l_style; {SHOW}') == (f'{cores()} active 300000', '')


def test_what_the_user_has_set_stays():
    settings = {'OMP_NUM_THREADS': '1', 'OMP_WAIT_POLICY': 'passive'}
    assert run(f'import d2l_style; {SHOW}', **settings) == ('1 passive None', '')


def test_importing_mxnet_first_is_noticed():
    printed, warned = run(f'import mxnet, d2l_style; {SHOW}')
    assert printed == 'None None None'
    assert 'import d2l_style first' in warned
    assert run('import mxnet, d2l_style', OMP_NUM_THREADS='2') == ('', '')
