"""What this machine computes: operators beside NumPy's, losses of a short training; one line of JSON.

    python tools/machines/compare.py [EPOCHS]

`tools/machines/fresh.py --arch arm64` runs it on an emulated Arm and here, `windows.py` under Wine and here, and they
compare the two.
"""
import d2l_style

import json
import platform
import sys
import time

import numpy as np
from mxnet import autograd, nd

EPOCHS = 3


def operators():
    """{operator: largest difference from NumPy, relative to the largest value}, in float32."""
    rng = np.random.RandomState(0)
    A, B = rng.normal(size=(37, 53)).astype('float32'), rng.normal(size=(53, 41)).astype('float32')
    S = (A @ A.T + 40 * np.eye(37)).astype('float32')
    X, W = rng.normal(size=(1, 3, 20, 24)).astype('float32'), rng.normal(size=(8, 3, 3, 3)).astype('float32')
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
    pairs = {
        'dot': (nd.dot(nd.array(A), nd.array(B)), A @ B),
        'dot of transposed': (nd.dot(nd.array(A), nd.array(A), transpose_b=True), A @ A.T),
        'linalg.gemm2': (nd.linalg.gemm2(nd.array(A), nd.array(B)), A @ B),
        'linalg.syrk': (nd.linalg.syrk(nd.array(A)), A @ A.T),
        'linalg.potrf': (nd.linalg.potrf(nd.array(S)), np.linalg.cholesky(S)),
        'linalg.inverse': (nd.linalg.inverse(nd.array(S)), np.linalg.inv(S)),
        'linalg.det': (nd.linalg.det(nd.array(S / 40)), np.linalg.det(S / 40)),
        'linalg.syevd': (nd.linalg.syevd(nd.array(S))[1], np.linalg.eigvalsh(S)),
        'Convolution': (nd.Convolution(nd.array(X), nd.array(W), no_bias=True, kernel=(3, 3), pad=(1, 1), num_filter=8),
                        np.einsum('nchwij,ocij->nohw', windows, W)),
        'Pooling': (nd.Pooling(nd.array(X), kernel=(2, 2), stride=(2, 2)),
                    X.reshape(1, 3, 10, 2, 12, 2).max(axis=(3, 5))),
        'relu': (nd.relu(nd.array(A)), np.maximum(A, 0)),
        'exp': (nd.exp(nd.array(A)), np.exp(A)), 'tanh': (nd.tanh(nd.array(A)), np.tanh(A)),
        'sqrt': (nd.sqrt(nd.abs(nd.array(A))), np.sqrt(abs(A))), 'mean': (nd.array(A).mean(axis=1), A.mean(axis=1)),
        'softmax': (nd.softmax(nd.array(A)), np.exp(A) / np.exp(A).sum(axis=1, keepdims=True)),
        'gradient of dot': (_gradient(nd.array(A), nd.array(B)), np.ones((37, 41)) @ B.T),
    }
    return {name: float(abs(ours.asnumpy() - theirs).max() / abs(theirs).max())
            for name, (ours, theirs) in pairs.items()}


def _gradient(A, B):
    A.attach_grad()
    with autograd.record():
        l = nd.dot(A, B).sum()
    l.backward()
    return A.grad


def losses():
    """Total loss of each of the first epochs of notebook 4's first training, with the embedded network."""
    net = d2l_style.FeatureNet(d2l_style.load_backbone('vgg19_slim'))
    content_X, contents_Y = d2l_style.get_contents(d2l_style.read_image('mountain_lake'), (225, 150), net)
    _, styles_Y = d2l_style.get_styles(d2l_style.read_image('painted_hills'), (225, 150), net)
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else EPOCHS
    return [step.total_loss for step in d2l_style.train_steps(content_X, contents_Y, styles_Y, net, max_epochs=epochs)]


if __name__ == '__main__':
    found = {'machine': platform.machine(), 'python': platform.python_version(), 'operators': operators()}
    start = time.perf_counter()
    found['losses'] = losses()
    print(json.dumps({**found, 'seconds an epoch': round((time.perf_counter() - start) / len(found['losses']), 3)}))
