"""Fast mode: the chapter's losses, made smaller in a fraction of the chapter's time.

Not in the chapter. Three changes to its loop:

* coarse to fine: colours and large strokes are found on a small picture, where an epoch costs a
  quarter or less, as in the chapter's two trainings, and then carried over to the next size;
* L-BFGS in place of Adam, as in Gatys et al. 2016;
* broad changes go further than fine ones, because the loss curves less along them: the step is
  divided by the frequency (C. Olah et al., *Feature Visualization*, Distill 2017, does so too).

The picture is not the chapter's pixel by pixel: it comes nearer to what the chapter's loss asks for.
"""
import math
import numbers
import os
import time
from contextlib import closing
from dataclasses import replace

import numpy as np
from mxnet import cpu, nd
from scipy.fft import dctn, idctn

from ..checks.shapes import check_shape, scaled_shape
from ..checks.training import as_weights, changed_weights_at, keep_picture
from ..compat.device import room
from ..compat.progress import tqdm
from ..features import get_contents, get_styles
from ..images import preprocess, resize
from ..losses import Weights, gram
from ..training import DivergedError, Step
from .compiled import TransferLoss
from .lbfgs import lbfgs
from .tiles import TiledLoss

COARSEST = 150  # pixels of the short side, the chapter's smaller size: below, the content is lost from sight
PLATEAU = 10  # epochs over which `tolerance` is measured
TILED_ABOVE = 64e6  # pixels × channels of the first layer: beyond, all layers together take over 5 GB
MEMORY = 2e9  # bytes for what L-BFGS remembers


def train_fast(content_img, style_img, image_shape, net, max_epochs=50, coarse_epochs=20, *, X=None,
               style_scale=1, weights=None, changes=None, tolerance=0.002, progress=True, history=None):
    """Train coarse to fine with L-BFGS; the losses at the end of each size are printed.

    An interrupt (the kernel's stop button) returns the best picture so far; an error has it as its attribute `image`.

    Args:
        content_img: (h, w, 3) from `read_image`, as all others of these arguments in `train_fast_steps`.
        style_img: (h, w, 3) from `read_image`.
        image_shape: (width, height) in pixels.
        net: A `FeatureNet`.
        max_epochs: At this size.
        coarse_epochs: At each of the smaller sizes before it.
        X: The start, by default the content image.
        style_scale: Size of the style picture relative to `image_shape`, 0.25 to 4.
        weights: (content, style, TV) or `Weights`.
        changes: {epoch: weights}.
        tolerance: When a size is left early.
        progress: Show a bar.
        history: A list that gets every `Step`, for curves.

    Returns:
        The composite image, (1, 3, height, width).

    Raises:
        ValueError: For settings that make no sense.
        DivergedError: When numbers overflow.
    """
    steps = train_fast_steps(content_img, style_img, image_shape, net, max_epochs, coarse_epochs, X=X,
                             style_scale=style_scale, weights=weights, changes=changes, tolerance=tolerance)
    hidden = not progress or bool(os.environ.get('TQDM_DISABLE'))
    total = coarse_epochs * (len(sizes(image_shape, coarse_epochs)) - 1) + max_epochs
    step, seconds = None, 0
    try:
        for new in tqdm(steps, total=total, unit='epoch', disable=hidden):
            if step and step.X.shape != new.X.shape:
                _print_losses(step, seconds)
                seconds = 0
            step, seconds = new, seconds + new.seconds
            if history is not None:
                history.append(step)
    except KeyboardInterrupt:
        tqdm.write('interrupted: the best picture so far is returned')
    except Exception as error:
        if step:
            keep_picture(error, step.X, step.epoch)
        raise
    if step is None:  # interrupted before the first epoch
        return preprocess(content_img, image_shape)
    _print_losses(step, seconds)
    return at_size(step.X, content_img, check_shape(image_shape))


def train_fast_steps(content_img, style_img, image_shape, net, max_epochs=50, coarse_epochs=20, *, X=None,
                     style_scale=1, weights=None, changes=None, tolerance=0.002):
    """Fast mode as a generator that yields a `Step` after every epoch: one measurement of loss and gradient.

    Sizes too large for the memory are measured in tiles, which changes no result.

    Args:
        content_img: (h, w, 3) from `read_image`.
        style_img: (h, w, 3) from `read_image`.
        image_shape: (width, height) in pixels.
        net: A `FeatureNet`.
        max_epochs: At this size.
        coarse_epochs: At each of the smaller sizes before it, halved while the short side keeps 150 pixels; 0 leaves
            them out.
        X: The start, (1, 3, h, w) of any size, by default the content image.
        style_scale: Size of the style picture relative to `image_shape`, 0.25 to 4; see `get_styles`.
        weights: (content, style, TV) or `Weights`, which are read once, at the start.
        changes: {epoch: weights}, used from that epoch on, where L-BFGS starts anew; may be added to between epochs.
        tolerance: A size is left early when ten epochs have lowered its loss by less than this share, 0 to below 1.

    Returns:
        An iterator of `Step`, with the losses of the picture that was measured, and the best picture so far as `X`.

    Raises:
        ValueError: For settings that make no sense.
        DivergedError: When numbers overflow, from the iterator.
    """
    _check_settings(max_epochs, coarse_epochs, tolerance, X)
    scaled_shape(image_shape, style_scale)
    changes = {} if changes is None else changes
    weights = replace(as_weights(weights, Weights))
    changed_weights_at(0, changes)
    *coarse, last = sizes(image_shape, coarse_epochs)
    plan = [(shape, coarse_epochs) for shape in coarse] + [(last, max_epochs)]
    return _steps(content_img, style_img, plan, net, X, style_scale, weights, changes, tolerance)


def sizes(image_shape, coarse_epochs=20):
    """Sizes (width, height) of a training, from coarse to fine: each twice the one before it."""
    shapes = [check_shape(image_shape)]
    while coarse_epochs and min(shapes[0]) >= 2 * COARSEST:
        shapes.insert(0, tuple(side // 2 for side in shapes[0]))
    return shapes


def at_size(X, content_img, image_shape):
    """The composite image `X` (1, 3, h, w) at `image_shape`, with the details that its old size could not show.

    What was changed so far is enlarged or shrunk; the content image itself is read anew at that size.
    """
    if image_shape == (X.shape[3], X.shape[2]):
        return X
    before, after = (preprocess(content_img, shape).as_in_context(X.context)
                     for shape in ((X.shape[3], X.shape[2]), image_shape))
    return after + _resize(X - before, image_shape)


def _resize(X, image_shape):
    img = resize(X[0].transpose((1, 2, 0)).as_in_context(cpu()), image_shape)
    return img.transpose((2, 0, 1)).expand_dims(axis=0).as_in_context(X.context)


def _steps(content_img, style_img, plan, net, X, style_scale, weights, changes, tolerance):
    epoch, contents = 0, len(net.content_layers)
    X = preprocess(content_img, plan[0][0]) if X is None else X
    for image_shape, epochs in plan:
        start = time.time()
        with closing(_loss(content_img, style_img, image_shape, net, style_scale)) as loss:
            X = at_size(X.copyto(net.ctx), content_img, image_shape)
            descent = _descend(X, loss, weights, tolerance)
            for _ in range(epochs):
                change = changed_weights_at(epoch, changes)
                if change:
                    weights = replace(change)
                    descent = _descend(X, loss, weights, tolerance)
                losses = next(descent, None)
                if losses is None:
                    break
                yield Step(epoch, tuple(losses[:contents]), tuple(losses[contents:-1]), losses[-1], weights, None,
                           time.time() - start, X)
                epoch, start = epoch + 1, time.time()


def _loss(content_img, style_img, image_shape, net, style_scale):
    width, height = image_shape
    if width * height * net.channels > min(TILED_ABOVE, room(net.ctx)):
        pictures = (preprocess(img, shape).copyto(net.ctx) for img, shape in (
            (content_img, image_shape), (style_img, scaled_shape(image_shape, style_scale))))
        return TiledLoss(net, *pictures)
    _, contents_Y = get_contents(content_img, image_shape, net)
    _, styles_Y = get_styles(style_img, image_shape, net, style_scale)
    return TransferLoss(net, contents_Y, [gram(Y) for Y in styles_Y])


def _descend(X, loss, weights, tolerance):
    """Move the picture `X` in place; yields the weighted losses of every picture that was measured."""
    losses = None

    def measure(x):
        nonlocal losses
        l, losses, gradient = loss.gradient(nd.array(x, ctx=X.context), weights)
        l, losses, gradient = float(l.asscalar()), losses.asnumpy().tolist(), gradient.asnumpy()
        if not (math.isfinite(l) and np.isfinite(gradient).all()):
            raise DivergedError(epoch=len(history), image=X)
        return l, gradient

    history = []
    pairs = int(np.clip(MEMORY / (8 * X.size), 3, 40))
    for x, l, accepted in lbfgs(measure, X.asnumpy(), by_frequency(X.shape), pairs):
        if accepted:
            X[:] = x
        history.append(l)
        yield losses
        if len(history) > PLATEAU and min(history) > (1 - tolerance) * min(history[:-PLATEAU]):
            return


def by_frequency(shape):
    """A function that divides each frequency of a picture of `shape` (1, 3, h, w) by itself plus 0.1.

    Frequencies are those of the cosine transform, from 0 to 1: one change of sign a pixel. The 0.1
    keeps the broadest changes, of frequency 0, from going without bound.
    """
    rows, columns = (np.arange(n, dtype='float32') / n for n in shape[2:])
    scale = 1 / (np.hypot(rows[:, None], columns) + 0.1)
    return lambda v: idctn(dctn(v, axes=(2, 3), norm='ortho') * scale, axes=(2, 3), norm='ortho')


def _print_losses(step, seconds):
    height, width = step.X.shape[2:]
    tqdm.write(f'{width}×{height}: epoch {step.epoch:3d}, content loss {step.content_loss:.2f}, style loss '
               f'{step.style_loss:.2f}, TV loss {step.tv_l:.2f}, {seconds:.2f} sec')


def _check_settings(max_epochs, coarse_epochs, tolerance, X):
    for name, value, least in (('max_epochs', max_epochs, 1), ('coarse_epochs', coarse_epochs, 0)):
        if not isinstance(value, numbers.Integral) or value < least:
            raise ValueError(f'{name} is {value!r}: give a whole number, {least} or more')
    if not (isinstance(tolerance, numbers.Real) and 0 <= tolerance < 1):
        raise ValueError(f'tolerance is {tolerance!r}: give a share from 0 (never ends early) to below 1')
    if X is not None and (X.ndim != 4 or X.shape[:2] != (1, 3)):
        raise ValueError(f'X has shape {X.shape}: give a picture of shape (1, 3, height, width) from preprocess')
