"""Training: move the pixels of the composite image until the losses are small.

Chapter, "Create and Initialize the Composite Image" and "Training". `train_steps` is the
loop, one epoch at a time; `train` prints what the chapter's function prints.
"""
import math
import numbers
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import mxnet as mx
import numpy as np
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn
from tqdm.auto import tqdm

from .fast.compiled import TransferLoss
from .features import FeatureNet, Features
from .losses import Weights, gram


class DivergedError(ArithmeticError):
    """A loss or a pixel became infinite or NaN. `image`: the last good picture, (1, 3, h, w)."""

    def __init__(self, epoch: int, image: nd.NDArray):
        super().__init__(f'the loss is no longer a finite number in epoch {epoch}: lower the learning rate or the '
                         'weights; the last good picture is in the attribute "image" of this error')
        self.image = image


@dataclass(frozen=True)
class Step:
    """One epoch: the losses of the picture it started from, and the picture it made.

    `contents_l`, `styles_l`: weighted losses, one a layer; `tv_l`: weighted TV loss.
    `weights`, `lr`: what this epoch used (fast mode has no `lr`). `seconds`: what it took.
    `X`: the composite image (1, 3, h, w), live: the next epoch changes it, so copy what you keep.
    """

    epoch: int
    contents_l: tuple[float, ...]
    styles_l: tuple[float, ...]
    tv_l: float
    weights: Weights
    lr: float | None
    seconds: float
    X: nd.NDArray

    @property
    def content_loss(self) -> float:
        """Weighted content loss, the sum over its layers."""
        return sum(self.contents_l)

    @property
    def style_loss(self) -> float:
        """Weighted style loss, the sum over its layers."""
        return sum(self.styles_l)

    @property
    def total_loss(self) -> float:
        """All three together."""
        return self.content_loss + self.style_loss + self.tv_l


class GeneratedImage(nn.Block):
    """A model whose only parameter is the composite image, of shape `img_shape` (1, 3, h, w)."""

    def __init__(self, img_shape: tuple[int, ...], **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get('weight', shape=img_shape)

    def forward(self) -> nd.NDArray:
        """The picture itself, (1, 3, h, w)."""
        return self.weight.data()


def get_inits(X: nd.NDArray, ctx: mx.Context, lr: float, styles_Y: Features) -> tuple[nd.NDArray, list, gluon.Trainer]:
    """The composite image initialised to `X`, the Gram matrices of the style, and an Adam trainer."""
    gen_img = GeneratedImage(X.shape)
    gen_img.initialize(init.Constant(X), ctx=ctx, force_reinit=True)
    trainer = gluon.Trainer(gen_img.collect_params(), 'adam', {'learning_rate': lr})
    styles_Y_gram = [gram(Y) for Y in styles_Y]
    return gen_img(), styles_Y_gram, trainer


def train_steps(X: nd.NDArray, contents_Y: Features, styles_Y: Features, net: FeatureNet, lr: float = 0.01,
                max_epochs: int = 500, lr_decay_epoch: int = 200, *, weights: Weights | None = None,
                changes: dict[int, tuple[float, Weights]] | None = None) -> Iterator[Step]:
    """The chapter's training loop as a generator that yields a `Step` after every epoch.

    `X`: the start, (1, 3, h, w), which stays as it is. `contents_Y`, `styles_Y`: from
    `get_contents` and `get_styles` with the same `net`. `lr`: Adam's learning rate, divided by
    ten every `lr_decay_epoch` epochs. `weights`: may be changed between epochs, from any thread.
    `changes`: {epoch: (lr, weights)}, used from that epoch on; may be added to between epochs.
    Raises `ValueError` for settings that make no sense, `DivergedError` when numbers overflow.
    """
    changes = {} if changes is None else changes
    _check_settings(X, [lr, *(lr for lr, _ in changes.values())], max_epochs, lr_decay_epoch)
    return _steps(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, weights or Weights(), changes)


def train(X: nd.NDArray, contents_Y: Features, styles_Y: Features, net: FeatureNet, lr: float = 0.01,
          max_epochs: int = 500, lr_decay_epoch: int = 200, *, weights: Weights | None = None,
          changes: dict[int, tuple[float, Weights]] | None = None, progress: bool = True,
          history: list[Step] | None = None) -> nd.NDArray:
    """Train as the chapter does and return the composite image, (1, 3, h, w).

    Prints the losses every 50 epochs; `progress` adds a bar with the time left. An interrupt
    (the kernel's stop button) returns the picture so far. `history`: a list that gets every `Step`,
    for curves. Other arguments and errors: `train_steps`.
    """
    steps = train_steps(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch,
                        weights=weights, changes=changes)
    epoch, hidden = 0, not progress or bool(os.environ.get('TQDM_DISABLE'))
    try:
        for step in tqdm(steps, total=max_epochs, unit='epoch', disable=hidden):
            X, epoch = step.X, step.epoch
            if history is not None:
                history.append(step)
            if epoch and epoch % 50 == 0:
                tqdm.write(f'epoch {epoch:3d}, content loss {step.content_loss:.2f}, style loss '
                           f'{step.style_loss:.2f}, TV loss {step.tv_l:.2f}, {step.seconds:.2f} sec')
            if epoch and epoch % lr_decay_epoch == 0:
                tqdm.write(f'change lr to {step.lr * 0.1:.1e}')
    except KeyboardInterrupt:
        tqdm.write(f'interrupted after epoch {epoch}: the picture so far is returned')
    return X


def _steps(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, weights, changes):
    X, styles_Y_gram, trainer = get_inits(X, X.context, lr, styles_Y)
    with closing(TransferLoss(net, contents_Y, styles_Y_gram)) as loss:
        loss.check(X)
        last_good = X.copy()
        for epoch in range(max_epochs):
            lr, weights = changes.get(epoch, (trainer.learning_rate, weights))
            trainer.set_learning_rate(lr)
            start, used = time.time(), replace(weights)
            with autograd.record():
                l, losses = loss(X, used)
            l.backward()
            losses = losses.asnumpy()
            if not np.isfinite(losses.sum()):
                raise DivergedError(epoch, last_good)
            last_good = X.copy()
            trainer.step(1)
            nd.waitall()  # without it, epochs queue up and their memory with them
            if not nd.all_finite(X).asscalar():
                raise DivergedError(epoch, last_good)
            *layers, tv_l = losses.tolist()
            yield Step(epoch, tuple(layers[:len(contents_Y)]), tuple(layers[len(contents_Y):]), tv_l, used, lr,
                       time.time() - start, X)
            if epoch and epoch % lr_decay_epoch == 0:
                trainer.set_learning_rate(lr * 0.1)


def _check_settings(X, lrs, max_epochs, lr_decay_epoch):
    for name, value in (('max_epochs', max_epochs), ('lr_decay_epoch', lr_decay_epoch)):
        if not isinstance(value, numbers.Integral) or value < 1:
            raise ValueError(f'{name} is {value!r}: give a whole number, 1 or more')
    for lr in lrs:
        if not (isinstance(lr, numbers.Real) and math.isfinite(lr) and float(lr) > 0):
            raise ValueError(f'lr is {lr!r}: give a finite learning rate above 0, for example 0.01')
    if X.ndim != 4 or X.shape[:2] != (1, 3):
        raise ValueError(f'X has shape {X.shape}: give a picture of shape (1, 3, height, width) from preprocess')
    if not math.isfinite(X.sum().asscalar()):
        raise ValueError('X has pixels that are infinite or NaN: start from a picture out of preprocess')
