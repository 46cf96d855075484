from d2l_style.layers import head

import numpy as np
import pytest
from mxnet import init, nd


@pytest.mark.parametrize('after_relu', [False, True])
def test_a_head_is_a_linear_map_of_channels(after_relu):
    X = nd.array(np.random.RandomState(0).normal(size=(1, 4, 6, 9)))
    block = head(4, 7, after_relu)
    block.initialize(init.Normal(1))
    block[-1].bias.set_data(nd.arange(7))
    weight = block[-1].weight.data().asnumpy()[..., 0, 0]
    seen = np.maximum(X.asnumpy(), 0) if after_relu else X.asnumpy()
    expected = np.einsum('Cc,nchw->nChw', weight, seen) + np.arange(7).reshape(1, 7, 1, 1)
    assert np.allclose(block(X).asnumpy(), expected, atol=1e-5)
