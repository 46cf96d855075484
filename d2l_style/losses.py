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

    Attributes:
        content: Factor of the content loss, by default the chapter's 1.
        style: Factor of the style loss, by default the chapter's 1000.
        tv: Factor of the total variation loss, by default the chapter's 10.
        layers: A factor for each style layer, in their order; () is 1 for all.

    Raises:
        ValueError: For a value that is negative, infinite or no number, also later: the old one stays then.
        AttributeError: For a weight of another name.
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
        """The weight of each style layer.

        Args:
            number: How many style layers there are.

        Returns:
            `style` times the factor of each layer, a list of `number` floats.

        Raises:
            ValueError: If `layers` has another number of factors.
        """
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
    """Mean squared difference of two layers' features. Chapter, "Content Loss".

    Args:
        Y_hat: Features of the composite image, (1, c, h, w).
        Y: Those of the content image, of the same shape.

    Returns:
        The loss, 0 or more, unweighted.
    """
    return (Y_hat - Y).square().mean()


def gram(X: nd.NDArray) -> nd.NDArray:
    """Gram matrix of a layer's features, divided by the number of their elements.

    Chapter, "Style Loss"; Gatys et al. 2016, eq. 3.

    Args:
        X: Features, (1, c, h, w).

    Returns:
        The matrix, (c, c), symmetric.
    """
    num_channels, n = X.shape[1], X.size // X.shape[1]
    X = X.reshape((num_channels, n))
    return nd.linalg.syrk(X) / (num_channels * n)  # X·Xᵀ without the transposition


def style_loss(Y_hat: nd.NDArray, gram_Y: nd.NDArray) -> nd.NDArray:
    """Mean squared difference of the features' Gram matrix and the style's. Chapter, "Style Loss".

    Args:
        Y_hat: Features of the composite image, (1, c, h, w).
        gram_Y: Gram matrix of the style image's features, (c, c).

    Returns:
        The loss, 0 or more, unweighted.
    """
    return (gram(Y_hat) - gram_Y).square().mean()


def tv_loss(Y_hat: nd.NDArray) -> nd.NDArray:
    """Half the mean absolute difference of neighbours, down and across, together. Chapter, "Total Variance Loss".

    Args:
        Y_hat: The composite image, (1, 3, h, w).

    Returns:
        The loss, 0 or more, unweighted.
    """
    return 0.5 * ((Y_hat[:, :, 1:, :] - Y_hat[:, :, :-1, :]).abs().mean() +
                  (Y_hat[:, :, :, 1:] - Y_hat[:, :, :, :-1]).abs().mean())


def compute_loss(X: nd.NDArray, contents_Y_hat: list, styles_Y_hat: list, contents_Y: list, styles_Y_gram: list,
                 weights: Weights | tuple | None = None) -> tuple[list, list, nd.NDArray, nd.NDArray]:
    """Weighted content, style and TV losses, and their sum. Chapter, "Loss Function".

    Args:
        X: The composite image, (1, 3, h, w).
        contents_Y_hat: Its content features, one array (1, c, h, w) a layer.
        styles_Y_hat: Its style features, one array (1, c, h, w) a layer.
        contents_Y: Content features of the content image.
        styles_Y_gram: Gram matrices of the style image, one (c, c) a layer.
        weights: `Weights` or (content, style, TV); by default the chapter's.

    Returns:
        The weighted content losses and style losses (lists, one a layer), the weighted TV loss, and the sum of all.

    Raises:
        ValueError: For weights that are negative or infinite, or factors for another number of style layers.
    """
    weights = as_weights(weights, Weights)
    contents_l = [content_loss(Y_hat, Y) * weights.content for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    styles_l = [style_loss(Y_hat, Y) * weight for Y_hat, Y, weight in
                zip(styles_Y_hat, styles_Y_gram, weights.style_layers(len(styles_Y_gram)))]
    tv_l = tv_loss(X) * weights.tv
    l = nd.add_n(*styles_l) + nd.add_n(*contents_l) + tv_l
    return contents_l, styles_l, tv_l, l
