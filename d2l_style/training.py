"""Training: move the pixels of the composite image until the losses are small.

Chapter, "Create and Initialize the Composite Image" and "Training". `train_steps` is the
loop, one epoch at a time, on `extract_features` and `compute_loss`; `train` prints what the chapter's function prints.
"""
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import mxnet as mx
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn

from . import losses  # its functions are looked up when they are called: whoever replaces one changes the training
from .checks.training import change_at, check_settings, check_targets, checked_losses, keep_picture, needs_gradient
from .compat.memory import giving_back
from .compat.progress import tqdm
from .features import FeatureNet, Features, extract_features
from .losses import Weights, as_weights

ComputeLoss = Callable[[nd.NDArray, Features, Features, Features, list], tuple[list, list, nd.NDArray, nd.NDArray]]
Gram = Callable[[nd.NDArray], nd.NDArray]


class DivergedError(ArithmeticError):
    """A loss or a pixel became infinite or NaN.

    Args:
        epoch: In which epoch.
        image: The last good picture, (1, 3, h, w), which is kept as an attribute.
    """

    def __init__(self, epoch: int, image: nd.NDArray):
        super().__init__(f'the loss is no longer a finite number in epoch {epoch}: lower the learning rate or the '
                         'weights; the last good picture is in the attribute "image" of this error')
        self.image = image


@dataclass(frozen=True)
class Step:
    """One epoch: the losses of the picture it started from, and the picture it made.

    Attributes:
        epoch: Its number, from 0.
        contents_l: Weighted content losses, one a layer.
        styles_l: Weighted style losses, one a layer.
        tv_l: Weighted TV loss.
        weights: What this epoch used.
        lr: The learning rate that it used; None in fast mode.
        seconds: What it took.
        X: The composite image (1, 3, h, w), live: the next epoch changes it, so copy what you keep.
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
    """A model whose only parameter is the composite image. Chapter, "Create and Initialize the Composite Image".

    Args:
        img_shape: (1, 3, h, w).
        kwargs: What a Gluon `Block` takes.
    """

    def __init__(self, img_shape: tuple[int, ...], **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get('weight', shape=img_shape)

    def forward(self) -> nd.NDArray:
        """The picture itself, (1, 3, h, w)."""
        return self.weight.data()


def get_inits(X: nd.NDArray, ctx: mx.Context, lr: float, styles_Y: Features,
              gram: Gram | None = None) -> tuple[nd.NDArray, list, gluon.Trainer]:
    """Start of a training. Chapter, "Create and Initialize the Composite Image".

    Args:
        X: What the composite image starts from, (1, 3, h, w).
        ctx: Where to compute.
        lr: Adam's learning rate.
        styles_Y: Style features of the style image.
        gram: What makes a Gram matrix of a layer's features, by default the chapter's.

    Returns:
        The composite image, the style's Gram matrices, and Adam as a Gluon `Trainer`.
    """
    gen_img = GeneratedImage(X.shape)
    gen_img.initialize(init.Constant(X), ctx=ctx, force_reinit=True)
    trainer = gluon.Trainer(gen_img.collect_params(), 'adam', {'learning_rate': lr})
    styles_Y_gram = [(gram or losses.gram)(Y) for Y in styles_Y]
    return gen_img(), styles_Y_gram, trainer


def train_steps(X: nd.NDArray, contents_Y: Features, styles_Y: Features, net: FeatureNet, lr: float = 0.01,
                max_epochs: int = 500, lr_decay_epoch: int = 200, *, lr_decay: float = 0.1,
                weights: Weights | tuple | None = None, changes: dict[int, tuple[float, Weights]] | None = None,
                compute_loss: ComputeLoss | None = None, gram: Gram | None = None) -> Iterator[Step]:
    """The chapter's training loop as a generator that yields a `Step` after every epoch. Chapter, "Training".

    Args:
        X: The start, (1, 3, h, w), which stays as it is.
        contents_Y: From `get_contents` with the same `net`.
        styles_Y: From `get_styles` with the same `net`.
        net: The network, with its layers.
        lr: Adam's learning rate.
        max_epochs: How many epochs.
        lr_decay_epoch: Every how many epochs the learning rate is multiplied by `lr_decay`.
        lr_decay: Above 0, at most 1.
        weights: (content, style, TV), or `Weights`, which may be changed between epochs.
        changes: {epoch: (lr, weights)}, used from that epoch on; may be added to between epochs.
        compute_loss: In place of `losses.compute_loss`, called with its first five arguments; `weights` are its
            own then.
        gram: In place of `losses.gram`, for the targets; `compute_loss` has to use the same.

    Returns:
        An iterator of `Step`; its `X` is live.

    Raises:
        ValueError: For settings that make no sense.
        DivergedError: When numbers overflow, from the iterator.
    """
    changes = {} if changes is None else changes
    check_settings(X, lr, max_epochs, lr_decay_epoch, lr_decay, changes)
    check_targets(X, contents_Y, styles_Y, net)
    return giving_back(_steps(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, lr_decay,
                              as_weights(weights, Weights), changes, compute_loss, gram))


def train(X: nd.NDArray, contents_Y: Features, styles_Y: Features, net: FeatureNet, lr: float = 0.01,
          max_epochs: int = 500, lr_decay_epoch: int = 200, *, lr_decay: float = 0.1,
          weights: Weights | tuple | None = None, changes: dict[int, tuple[float, Weights]] | None = None,
          compute_loss: ComputeLoss | None = None, gram: Gram | None = None, progress: bool = True,
          history: list[Step] | None = None) -> nd.NDArray:
    """Train as the chapter does, and print the losses every 50 epochs. Chapter, "Training".

    An interrupt (the kernel's stop button) returns the picture so far; an error has it as its attribute `image`.

    Args:
        X: The start, as all others of these arguments in `train_steps`.
        contents_Y: From `get_contents`.
        styles_Y: From `get_styles`.
        net: The network, with its layers.
        lr: Adam's learning rate.
        max_epochs: How many epochs.
        lr_decay_epoch: Every how many epochs the learning rate falls.
        lr_decay: By which factor.
        weights: (content, style, TV), or `Weights`.
        changes: {epoch: (lr, weights)}.
        compute_loss: A loss of your own.
        gram: A Gram matrix of your own.
        progress: Show a bar with the time left.
        history: A list that gets every `Step`, for curves.

    Returns:
        The composite image, (1, 3, h, w).

    Raises:
        ValueError: For settings that make no sense.
        DivergedError: When numbers overflow.
    """
    steps = train_steps(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, lr_decay=lr_decay,
                        weights=weights, changes=changes, compute_loss=compute_loss, gram=gram)
    X, epoch, hidden = X.copy(), 0, not progress or bool(os.environ.get('TQDM_DISABLE'))
    try:
        for step in tqdm(steps, total=max_epochs, unit='epoch', disable=hidden):
            X, epoch = step.X, step.epoch
            if history is not None:
                history.append(step)
            if epoch and epoch % 50 == 0:
                tqdm.write(f'epoch {epoch:3d}, content loss {step.content_loss:.2f}, style loss '
                           f'{step.style_loss:.2f}, TV loss {step.tv_l:.2f}, {step.seconds:.2f} sec')
            if epoch and epoch % lr_decay_epoch == 0:
                tqdm.write(f'change lr to {step.lr * lr_decay:.1e}')
    except KeyboardInterrupt:
        tqdm.write(f'interrupted after epoch {epoch}: the picture so far is returned')
    except Exception as error:
        keep_picture(error, X, epoch)
        raise
    return X


def _steps(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch, lr_decay, weights, changes, compute_loss,
           gram):
    X, styles_Y_gram, trainer = get_inits(X, X.context, lr, styles_Y, gram)
    last_good = X.copy()
    for epoch in range(max_epochs):
        lr, weights = change_at(epoch, changes) or (trainer.learning_rate, weights)
        trainer.set_learning_rate(lr)
        start, used = time.time(), replace(weights)
        with autograd.record():
            outputs = X, *extract_features(X, net), contents_Y, styles_Y_gram
            found = compute_loss(*outputs) if compute_loss else losses.compute_loss(*outputs, used)
            contents_l, styles_l, tv_l, l = checked_losses(found)
        with needs_gradient():
            l.backward()
        contents_l, styles_l = (tuple(float(l.asscalar()) for l in part) for part in (contents_l, styles_l))
        tv_l = float(tv_l.asscalar())
        if not math.isfinite(sum(contents_l) + sum(styles_l) + tv_l):
            raise DivergedError(epoch, last_good)
        last_good = X.copy()
        trainer.step(1)
        nd.waitall()  # without it, epochs queue up and their memory with them
        if not nd.all_finite(X).asscalar():
            raise DivergedError(epoch, last_good)
        yield Step(epoch, contents_l, styles_l, tv_l, used, lr, time.time() - start, X)
        if epoch and epoch % lr_decay_epoch == 0:
            trainer.set_learning_rate(lr * lr_decay)
