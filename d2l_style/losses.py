"""Losses: how far a picture is from the wanted content, style and smoothness.

Chapter, "Define the Loss Function". Every function returns a scalar `NDArray`, so that
gradients flow through it.
"""
import math
from dataclasses import dataclass

from mxnet import nd

from .checks.training import as_weights


@dataclass
class Weights:
    """Weights of the three losses, which may be changed while training runs.

    Finite and not negative; anything else raises `ValueError` and leaves the old value. `layers`:
    a factor for each style layer, in their order; () is 1 for all. Defaults: the chapter's.
    """

    content: float = 1
    style: float = 1e3
    tv: float = 10
    layers: tuple[float, ...] = ()

    def __setattr__(self, name, value):
        if name not in self.__dataclass_fields__:
            raise AttributeError(f'there is no weight {name!r}: choose content, style, tv or layers')
        if name == 'layers':
            factors = value if isinstance(value, (tuple, list)) else [value]
            value = tuple(_checked('style layer', factor) for factor in factors)
        super().__setattr__(name, value if name == 'layers' else _checked(name, value))

    def style_layers(self, number: int) -> list[float]:
        """The weights of `number` style layers, a list; `ValueError` if `layers` has another number of factors."""
        if self.layers and len(self.layers) != number:
            raise ValueError(f'there are {number} style layers and {len(self.layers)} factors for them: give one each')
        return [self.style * factor for factor in self.layers or [1] * number]


def _checked(name, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f'the {name} weight is {value!r}: give a finite number, 0 or more')
    return number


def content_loss(Y_hat: nd.NDArray, Y: nd.NDArray) -> nd.NDArray:
    """Mean squared difference of two layers' features of the same shape. Chapter, "Content Loss"."""
    return (Y_hat - Y).square().mean()


def gram(X: nd.NDArray) -> nd.NDArray:
    """Gram matrix of a layer's features, divided by the number of their elements.

    `X`: (1, c, h, w) → (c, c). Chapter, "Style Loss"; Gatys et al. 2016, eq. 3.
    """
    num_channels, n = X.shape[1], X.size // X.shape[1]
    X = X.reshape((num_channels, n))
    return nd.linalg.syrk(X) / (num_channels * n)  # X·Xᵀ without the transposition


def style_loss(Y_hat: nd.NDArray, gram_Y: nd.NDArray) -> nd.NDArray:
    """Mean squared difference of the features' Gram matrix and `gram_Y`: (1, c, h, w), (c, c)."""
    return (gram(Y_hat) - gram_Y).square().mean()


def tv_loss(Y_hat: nd.NDArray) -> nd.NDArray:
    """Mean absolute difference of neighbours, down and across: (1, 3, h, w). Chapter, "Total Variance Loss"."""
    return 0.5 * ((Y_hat[:, :, 1:, :] - Y_hat[:, :, :-1, :]).abs().mean() +
                  (Y_hat[:, :, :, 1:] - Y_hat[:, :, :, :-1]).abs().mean())


def compute_loss(X: nd.NDArray, contents_Y_hat: list, styles_Y_hat: list, contents_Y: list, styles_Y_gram: list,
                 weights: Weights | tuple | None = None) -> tuple[list, list, nd.NDArray, nd.NDArray]:
    """Weighted content losses and style losses (one a layer), weighted TV loss, and their sum.

    `X`: the composite image (1, 3, h, w); `*_Y_hat`: its features; `contents_Y`, `styles_Y_gram`:
    the targets. `weights`: `Weights` or (content, style, TV); by default the chapter's. Chapter, "Loss Function".
    """
    weights = as_weights(weights, Weights)
    contents_l = [content_loss(Y_hat, Y) * weights.content for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    styles_l = [style_loss(Y_hat, Y) * weight for Y_hat, Y, weight in
                zip(styles_Y_hat, styles_Y_gram, weights.style_layers(len(styles_Y_gram)))]
    tv_l = tv_loss(X) * weights.tv
    l = nd.add_n(*styles_l) + nd.add_n(*contents_l) + tv_l
    return contents_l, styles_l, tv_l, l
