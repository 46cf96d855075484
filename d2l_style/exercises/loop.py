"""Loop: the exercise to write the chapter's training loop."""
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
from mxnet import nd

from ..features import FeatureNet, extract_features
from ..losses import Weights
from ..training import train_steps
from .network import small_network
from .verdict import same

LR, EPOCHS, LR_DECAY = 0.05, 7, 3  # enough to see the learning rate change twice


def compare_train(train, seed):
    """The hints for `train(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch)`, none if it is right."""
    net, start, contents_Y, styles_Y = job(seed)
    weights = [parameter.data().copy() for parameter in net.collect_params().values()]
    arguments = contents_Y, styles_Y, net, LR, EPOCHS, LR_DECAY
    with _waits() as waits:
        X = train(start.copy(), *arguments)
    if X is None or X is ...:
        return 'it returns nothing yet: write the loop, and end with `return X`.',
    if not isinstance(X, nd.NDArray) or X.shape != start.shape:
        shape = f' of shape {X.shape}' if hasattr(X, 'shape') else ''
        return (f'it returns {type(X).__name__}{shape}; the composite image, of shape {start.shape}, is wanted.',
                'What does `get_inits` give, and which of it is the picture?')
    hints = something_else_trained(net, weights, X, start)
    if hints:
        return hints
    net, start, contents_Y, styles_Y = job(seed)
    if not near(X, trained(start, *arguments), start):
        return _train_hints(X, start, arguments)
    if waits() < EPOCHS:
        return ('the picture is right, but nothing waits for it.',
                'MXNet computes in the background, and Python runs ahead: over 500 epochs the queue grows, and the '
                'memory with it. What does the chapter call at the end of an epoch?')
    return ()


def job(seed, kind=FeatureNet):
    """A small network whose weights could be trained, a start, and targets; `kind`: a class of `FeatureNet`s."""
    net = kind(small_network(seed), [7], [0, 5])
    pictures = np.random.RandomState(seed).normal(size=(3, 1, 3, 24, 32))
    start, content, style = (nd.array(picture) for picture in pictures)
    return net, start, extract_features(content, net)[0], extract_features(style, net)[1]


def trained(start, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, changes=None):
    """The picture that the chapter's loop makes of `start`."""
    steps = train_steps(start, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, changes=changes)
    return [step.X for step in steps][-1].copy()


def something_else_trained(net, weights, X, start):
    """Hints where the network's weights are not those of before, or the picture is still the start; else none."""
    if not all(same(old, new.data()) for old, new in zip(weights, net.collect_params().values())):
        return ('the network has changed.',
                'What is trained here: the network, or the picture? Look at what the trainer was given.')
    if same(X, start):
        return ('the picture has not changed.',
                'Is it the picture out of `get_inits` that you return? Is there a gradient, and who makes a step?')
    return ()


def near(X, wanted, start):
    """Whether two trainings from `start` agree, up to what rounding makes of a gradient near 0."""
    return bool(((X - wanted).abs().mean() < 0.01 * (wanted - start).abs().mean()).asscalar())


def _train_hints(X, start, arguments):
    targets = arguments[:3]
    for settings, hints in (
            ((EPOCHS, EPOCHS + 1), ('the learning rate stays as it is.',
                                    'What is to happen every `lr_decay_epoch` epochs?')),
            ((EPOCHS, LR_DECAY, {1: (LR / 10, Weights())}), ('the learning rate is lowered too early.',
                                                             'Is 0 divisible by `lr_decay_epoch`? Should it count?')),
            ((EPOCHS - 1, LR_DECAY), ('one epoch is missing.', 'How often does your loop run?')),
            ((EPOCHS + 1, LR_DECAY), ('there is one epoch too many.', 'How often does your loop run?'))):
        if near(X, trained(start, *targets, LR, *settings), start):
            return hints
    return ('the picture moves, but to another place.',
            'Print the total loss after each epoch. Does it fall? Are all three losses in it, with their weights, and '
            'is it computed anew in every epoch?')


@contextmanager
def _waits():
    """Gives a function that says how often Python waited for MXNet: `waitall`, or an array that was read."""
    count = 0

    def counted(function):
        def call(*args, **kwargs):
            nonlocal count
            count += 1
            return function(*args, **kwargs)
        return call

    with patch.object(nd, 'waitall', counted(nd.waitall)), \
            patch.object(nd.NDArray, 'asnumpy', counted(nd.NDArray.asnumpy)), \
            patch.object(nd.NDArray, 'wait_to_read', counted(nd.NDArray.wait_to_read)):
        yield lambda: count
