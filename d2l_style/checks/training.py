"""What `train` refuses: settings, targets, and losses of one's own that it can't use."""
import math
import numbers
from contextlib import contextmanager
from typing import Any, TypeVar

import mxnet as mx
from mxnet import nd
from tqdm.auto import tqdm

from ..compat.device import check_memory

W = TypeVar('W')  # the chapter's `Weights`, which this file comes before
NO_GRADIENT = ('the sum that compute_loss returned has no gradient: compute it from its arguments with '
               'functions of nd only, and call neither asnumpy, detach nor backward in it')


def check_settings(X, lr, max_epochs, lr_decay_epoch, lr_decay, changes):
    """Raise `ValueError` for settings of `train_steps` that make no sense."""
    for name, value in (('max_epochs', max_epochs), ('lr_decay_epoch', lr_decay_epoch)):
        if not isinstance(value, numbers.Integral) or value < 1:
            raise ValueError(f'{name} is {value!r}: give a whole number, 1 or more')
    _check_lr(lr, 'lr')
    change_at(0, changes)
    if not (isinstance(lr_decay, numbers.Real) and 0 < lr_decay <= 1):
        raise ValueError(f'lr_decay is {lr_decay!r}: give a factor above 0, at most 1, for example 0.1')
    if type(X) is not nd.NDArray:  # MXNet's own NumPy arrays are a subclass, with other functions
        raise ValueError(f'X is {_kind(X)}: give a picture of shape (1, 3, height, width) from preprocess')
    if X.ndim != 4 or X.shape[:2] != (1, 3):
        raise ValueError(f'X has shape {X.shape}: give a picture of shape (1, 3, height, width) from preprocess')
    if not math.isfinite(X.sum().asscalar()):
        raise ValueError('X has pixels that are infinite or NaN: start from a picture out of preprocess')


def as_weights(found: Any, kind: type[W]) -> W:
    """`found` as weights of the class `kind`, which is `Weights`: None is the chapter's, three numbers are made some.

    `ValueError` for anything else. `Weights` are returned as they are: they may be changed while a training runs.
    """
    if found is None:
        return kind()
    if isinstance(found, (tuple, list)) and len(found) == 3:
        return kind(*found)
    if not _is_weights(found):
        raise ValueError(f'weights is {found!r}: give (content, style, tv), for example (1, 1e3, 10), or Weights(tv=0)')
    return found


def change_at(epoch, changes):
    """What `changes` of `train_steps`, {epoch: (lr, Weights)}, have for `epoch`, or None; `ValueError` for others.

    All are checked, each time: what is added during a training is told at the next epoch, not at its own.
    """
    for key, change in _changed(changes, '(lr, Weights(...))'):
        if not (isinstance(change, tuple) and len(change) == 2 and _is_weights(change[1])):
            raise ValueError(f'changes[{key!r}] is {change!r}: give (lr, Weights(...))')
        _check_lr(change[0], f'the learning rate of changes[{key!r}]')
    return changes.get(epoch)


def changed_weights_at(epoch, changes):
    """What `changes` of `train_fast_steps`, {epoch: Weights}, have for `epoch`, or None; `ValueError` for others."""
    for key, change in _changed(changes, 'Weights(...)'):
        if not _is_weights(change):
            raise ValueError(f'changes[{key!r}] is {change!r}: give Weights(...), as fast mode has no learning rate')
    return changes.get(epoch)


def _changed(changes, wanted):
    if not isinstance(changes, dict):
        raise ValueError(f'changes is {_kind(changes)}: give {{epoch: {wanted}}}')
    for epoch, change in list(changes.items()):  # another thread may add one now
        if not isinstance(epoch, numbers.Integral) or epoch < 0:
            raise ValueError(f'changes has the key {epoch!r}: give the number of an epoch, 0 or more')
        yield epoch, change


def _is_weights(found):
    return hasattr(found, 'style_layers')


def _check_lr(lr, name):
    if not (isinstance(lr, numbers.Real) and 1e-37 < lr <= 1e39):
        raise ValueError(f'{name} is {lr!r}: give a learning rate between 1e-37 and 1e39, for example 0.01')


@contextmanager
def needs_gradient():
    """Say in a `ValueError` what MXNet says where a loss has no gradient."""
    try:
        yield
    except mx.MXNetError as error:
        raise ValueError(NO_GRADIENT) from error


def keep_picture(error, X, epoch):
    """Give `error`, which ends a training after `epoch`, the picture so far as its attribute `image`, and print so."""
    if not hasattr(error, 'image'):
        error.image = X
        if epoch:  # before that the picture is nearly the start
            tqdm.write(f'stopped by an error after epoch {epoch}: the picture so far is its attribute "image"; in the '
                       'next cell: import sys; X = sys.last_value.image')


def check_targets(X, contents_Y, styles_Y, net):
    """Raise `ValueError` where `net` is no network, or the targets are not its own or of another size than `X`."""
    if isinstance(net, mx.Context):
        raise ValueError(f'net is {net}: give the FeatureNet here. The chapter has its network in a global variable '
                         'and passes the device; here the network is passed, and knows its device')
    if not hasattr(net, 'style_layers'):
        raise ValueError(f'net is {_kind(net)}: give a FeatureNet, for example FeatureNet(load_backbone())')
    width, height = X.shape[3], X.shape[2]
    check_memory(X.context, (width, height), net.channels)
    for name, Y, layers, get in (('contents_Y', contents_Y, net.content_layers, 'get_contents'),
                                 ('styles_Y', styles_Y, net.style_layers, 'get_styles')):
        if not isinstance(Y, (list, tuple)) or not all(type(y) is nd.NDArray for y in Y):
            raise ValueError(f'{name} is {_kind(Y)}: give what {get} returns second, a list with an NDArray a layer')
        wanted, found = net.layer_names(layers), getattr(Y, 'layers', None) or net.layer_names(layers)
        if found != wanted or len(Y) != len(layers):
            raise ValueError(f'{name} does not fit net: it has {len(Y)} layers ({", ".join(found)}), and net looks at '
                             f'{", ".join(wanted)}: call {get} with this net')
    shapes = net.shapes(X.shape)
    if [Y.shape for Y in contents_Y] != [shapes[i] for i in net.content_layers]:
        raise ValueError('contents_Y does not fit X: call get_contents with the size of X and the same net')
    if [(Y.ndim, *Y.shape[:2]) for Y in styles_Y] != [(4, *shapes[i][:2]) for i in net.style_layers]:
        raise ValueError('styles_Y does not fit the style layers: call get_styles with the same net')


def checked_losses(found):
    """What a `compute_loss` has returned, if it is what the chapter's returns."""
    def is_number(l):
        return type(l) is nd.NDArray and l.size == 1

    if isinstance(found, tuple) and len(found) == 4 and isinstance(found[0], list) and isinstance(found[1], list):
        contents_l, styles_l, *others = found
        if all(map(is_number, (*contents_l, *styles_l, *others))):
            return found
    raise ValueError(f'compute_loss returned {_kind(found)}: return (contents_l, styles_l, tv_l, l), two lists of '
                     'losses, one a layer, the TV loss and the sum of all, each an NDArray with one element')


def _kind(found):
    if isinstance(found, tuple):
        return f'({", ".join(map(_kind, found))})'
    return f'an NDArray of shape {found.shape}' if type(found) is nd.NDArray else f'a {type(found).__name__}'
