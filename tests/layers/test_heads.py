from d2l_style.layers import Head

import numpy as np
import pytest
from mxnet import nd


@pytest.mark.parametrize('after_relu', [False, True])
def test_a_head_is_a_linear_map_of_channels(after_relu):
    X = nd.array(np.random.RandomState(0).normal(size=(1, 4, 6, 9)))
    matrix = nd.array(np.random.RandomState(2).normal(size=(7, 5)))
    head = Head(matrix, after_relu)
    seen = X.relu() if after_relu else X
    expected = np.einsum('Cc,nchw->nChw', matrix.asnumpy()[:, :4], seen.asnumpy())
    expected += matrix.asnumpy()[:, 4].reshape(1, 7, 1, 1)
    assert np.allclose(head(X).asnumpy(), expected, atol=1e-5)
    head.hybridize()
    assert np.allclose(head(X).asnumpy(), expected, atol=1e-5)
