"""Still: the exercise to write a training loop that ends when the picture hardly changes any more."""
from functools import cache

import numpy as np
from mxnet import nd

from ..features import FeatureNet
from ..losses import Weights
from ..training import train_steps
from .loop import job, near, something_else_trained
from .verdict import is_plain

LR, LR_DECAY, MAX_EPOCHS, LAST = 0.05, 0.7, 7, 5  # the picture is still in epoch number LAST, of the most that are done
FEW = 3  # epochs of the run that never is still


class _Endless(Exception):
    """The solution goes on and on."""


class _CountedNet(FeatureNet):
    """A network that is asked for features so often only."""

    left = 4 * MAX_EPOCHS

    def __call__(self, X):
        self.left -= 1
        if self.left < 0:
            raise _Endless
        return super().__call__(X)


def compare_train_until_still(train, seed):
    """The hints for `train(X, contents_Y, styles_Y, net, lr, lr_decay, max_epochs, still)`, none if it is right."""
    pictures = _pictures(seed)
    changes = [_change(new, old) for old, new in zip(pictures, pictures[1:])]
    still = (changes[LAST - 1] * changes[LAST - 2]) ** 0.5
    hints = _hints_for(train, seed, MAX_EPOCHS, still, pictures, LAST)
    return hints or _hints_for(train, seed, FEW, 0, pictures, FEW)


def _hints_for(train, seed, max_epochs, still, pictures, wanted):
    net, start, *targets = job(seed, _CountedNet)
    weights = [parameter.data().copy() for parameter in net.collect_params().values()]
    try:
        found = train(start.copy(), *targets, net, LR, LR_DECAY, max_epochs, still)
    except _Endless:
        return ('it goes on after `max_epochs` epochs.',
                'A picture may never be still enough. What ends your loop then?')
    if found is None and still == 0:
        return ('it returns nothing where the picture is never still.', 'What is returned after `max_epochs` epochs?')
    hints = _wrong_kind(found, start) or something_else_trained(net, weights, found[0], start)
    if hints:
        return hints
    X, epochs = found
    done = _epochs_of(X, pictures)
    if done is None:
        return _another_place(X, seed)
    if done != wanted and still == 0:
        return ('it does not do `max_epochs` epochs where the picture is never still.',
                'With `max_epochs` = 3, which numbers does your loop go through?')
    if done != wanted:
        return _another_end(_ends(train, seed, still, pictures), done, wanted, still, pictures)
    return () if epochs == wanted else (
        'the picture is right, but not the number of epochs.',
        '`range(n)` counts from 0. How many epochs are done when the first one is?')


def _wrong_kind(found, start):
    """Hints for what is no picture and number."""
    if found is None or found is ...:
        return 'it returns nothing yet: write the loop, and end with `return X, epochs`.',
    if not (isinstance(found, (tuple, list)) and len(found) == 2):
        return (f'it returns {type(found).__name__}; the picture and the number of epochs are wanted.',
                'How does a function in Python return two things?')
    X, epochs = found
    if not isinstance(X, nd.NDArray) or X.shape != start.shape:
        shape = f' of shape {X.shape}' if hasattr(X, 'shape') else ''
        return (f'the first thing it returns is {type(X).__name__}{shape}; the composite image, of shape '
                f'{start.shape}, is wanted.', 'What does `get_inits` give, and which of it is the picture?')
    if not (isinstance(epochs, int) and is_plain(epochs)):
        return f'the second thing it returns is {type(epochs).__name__}; the number of epochs is wanted.',
    return ()


@cache
def _pictures(seed, late=0, decay=LR_DECAY, times=MAX_EPOCHS):
    """The start and the picture after each epoch; `late`: epochs before the learning rate falls, `times`: how often."""
    net, start, *targets = job(seed)
    rates = {epoch: (LR * decay ** min(times, max(0, epoch - late)), Weights()) for epoch in range(MAX_EPOCHS)}
    steps = train_steps(start, *targets, net, LR, MAX_EPOCHS, MAX_EPOCHS, changes=rates)
    return [start, *[step.X.copy() for step in steps]]


def _change(X, before):
    return float((X - before).abs().mean().asscalar())


def _epochs_of(X, pictures):
    """After how many epochs the training showed `X`; None for never."""
    epochs = min(range(1, len(pictures)), key=lambda epoch: _change(X, pictures[epoch]))
    return epochs if near(X, pictures[epochs], pictures[0]) else None


def _another_place(X, seed):
    for rates, hints in (
            ({'decay': 1}, ('the learning rate stays as it is.', 'What is to happen after every epoch?')),
            ({'times': 1}, ('the learning rate falls once only.', 'From which learning rate do you compute the next?')),
            ({'late': -1}, ('the learning rate is lowered too early.', 'With which rate is the first step made?')),
            ({'late': 1}, ('the learning rate is lowered too late.',
                           'Is the first epoch left out, as in the chapter\'s loop?'))):
        if _epochs_of(X, _pictures(seed, **rates)):
            return hints
    return ('the picture moves, but to another place.',
            'Print the total loss after each epoch. Does it fall? Are all three losses in it, with their weights, and '
            'is it computed anew in every epoch?')


def _ends(train, seed, still, pictures):
    """After how many epochs it ends for each of `_stills`, None where it makes another picture or does not end."""
    return [_end(train, seed, one, pictures) for one in _stills(still, pictures[0])]


def _end(train, seed, still, pictures):
    net, start, *targets = job(seed, _CountedNet)
    try:
        return _epochs_of(train(start.copy(), *targets, net, LR, LR_DECAY, MAX_EPOCHS, still)[0], pictures)
    except _Endless:
        return None


def _stills(still, start):
    """What tells apart how a change may be measured: mean or sum, itself or its square."""
    return still, still / 10, still / 100, 5 * still, still * start.size


def _another_end(ends, done, wanted, still, pictures):
    """Hints for the right training that ends after other numbers of epochs: `ends`, and at first `done`."""
    for measure, hints in _MEASURES:
        changes = [measure(new - old, new - pictures[0]).asscalar() for old, new in zip(pictures, pictures[1:])]
        if ends == [next((epoch for epoch, change in enumerate(changes, 1) if change < one), MAX_EPOCHS)
                    for one in _stills(still, pictures[0])]:
            return hints
    if abs(done - wanted) == 1:
        return (f'it ends one epoch too {"late" if done > wanted else "early"}.',
                'Which step is the last one, and between which two pictures do you measure the change?')
    return ('it ends after another epoch than it should.',
            'What do you measure: the change of the picture in one epoch? Print it, beside `still`.')


_MEASURES = [  # how a change may be measured instead, and what is said then
    (lambda step, _way: nd.zeros_like(step).sum(), ('it stops after the first epoch, as if nothing had changed.',
                     '`X` is live: a step changes it in place. Is the picture before the step still there when you '
                     'compare?')),
    (lambda step, _way: step.sum() * 0 + np.inf, (
        'it does not end when the picture is still.',
        'Print the change in each epoch, beside `still`. Is it compared, and does anything end then?')),
    (lambda step, _way: step.abs().sum(), ('the larger a picture, the longer it goes on.',
                                     'Is it a sum or a mean that you compare with `still`?')),
    (lambda step, _way: step.mean().abs(), ('changes of opposite sign cancel each other.',
                                      'Half of the pixels get brighter, half darker. How large is the change?')),
    (lambda step, _way: step.mean(), ('changes of opposite sign cancel each other.',
                                'Half of the pixels get brighter, half darker. How large is the change?')),
    (lambda step, _way: step.square().mean(), ('it is a square that is compared with `still`.',
                                         'A change of 0.1 has a square of 0.01. Which of them does the task mean?')),
    (lambda step, _way: step.square().mean().sqrt(), ('it is a square that is averaged.',
                                                'The task has the mean of the changes, without signs.')),
    (lambda _step, way: way.abs().mean(), (
        'it is the change since the start that is compared with `still`.',
        'Between which two pictures does an epoch lie? The older one has to be kept anew each time.')),
    (lambda step, _way: step.abs().max(), ('it is the largest change that is compared with `still`.',
                                     'One pixel may go on moving. What does the task say of all of them?'))]
