from d2l_style.compat import blas

import pytest

from .run import run

AVX2 = {'sse4_2', 'avx', 'avx2', 'fma'}
needs_openblas = pytest.mark.skipif(blas.library() is None, reason="MXNet has another BLAS than OpenBLAS here")
# asked in another process: in this one MXNet is loaded, and what it was lent is there
by_itself = pytest.mark.skipif(run('from d2l_style.compat import blas; print(blas.library())')[0] == 'None',
                               reason="MXNet's OpenBLAS cannot be loaded by itself: apt install libgomp1 libquadmath0")
# as on a processor that OpenBLAS does not know: it was started for Prescott, and chooses again
UNKNOWN = """
import os
from d2l_style.compat import blas
openblas = blas.library()
del os.environ['OPENBLAS_CORETYPE']
blas.instructions = lambda: {available!r}
import mxnet
from mxnet import nd
assert nd.dot(nd.ones((200, 300)), nd.ones((300, 200))).sum().asscalar() == 200 * 300 * 200
print(blas.core(openblas), 'OPENBLAS_CORETYPE' in os.environ)
"""


@pytest.mark.parametrize(('chosen', 'available', 'better'), [
    ('Prescott', AVX2, 'Haswell'),
    ('Prescott', AVX2 | blas.AVX512, 'SkylakeX'),
    ('Sandybridge', AVX2 | blas.AVX512 | {'amx_tile'}, 'SkylakeX'),
    ('Nehalem', AVX2 | {'avx512f'}, 'Haswell'),  # part of AVX-512 is not enough
    ('Prescott', {'sse4_2', 'avx'}, None),  # it is that old
    ('Prescott', set(), None),  # nothing is known of it
    ('Haswell', AVX2 | blas.AVX512, None),
    ('Zen', AVX2, None),
    ('SkylakeX', AVX2 | blas.AVX512, None),
])
def test_a_better_core_is_named_where_the_one_chosen_is_far_below(chosen, available, better):
    assert blas.better_core(chosen, available) == better


@by_itself
@pytest.mark.skipif(not blas.instructions() >= AVX2, reason='this processor has no AVX2')
def test_openblas_chooses_again_before_mxnet_is_loaded():
    printed, _ = run(UNKNOWN.format(available=AVX2), OPENBLAS_CORETYPE='Prescott')
    assert printed == 'Haswell False'


@by_itself
def test_an_old_processor_keeps_what_it_has():
    printed, _ = run(UNKNOWN.format(available={'sse4_2'}), OPENBLAS_CORETYPE='Prescott')
    assert printed == 'Prescott False'


@needs_openblas
def test_what_the_user_has_set_stays_and_the_check_says_so():
    show = 'import d2l_style, mxnet; from d2l_style.compat import blas, check; print(blas.core(blas.library()))'
    assert run(show, OPENBLAS_CORETYPE='Prescott') == ('Prescott', '')
    printed, _ = run('from d2l_style.compat import blas, check; blas.instructions = lambda: {"avx2", "fma"}; '
                     'check._line("BLAS", check.blas)', OPENBLAS_CORETYPE='Prescott')
    assert printed.startswith('✗') and 'unset OPENBLAS_CORETYPE' in printed


@needs_openblas
def test_the_check_names_the_core():
    printed, _ = run('from d2l_style.compat import check; check._line("BLAS", check.blas)')
    assert printed.startswith("✓ BLAS           OpenBLAS's kernels for ")
