"""Variations: what people change about style transfer, each a small function beside the chapter's.

Not in the chapter; notebook 6 tries them. `train` stays as it is: each variation hands it another
start, another network, other pictures or other targets.
"""
import math

import numpy as np
from d2l import mxnet as d2l
from mxnet import nd
from mxnet.gluon import nn
from skimage.color import rgb2yiq, yiq2rgb
from skimage.util import img_as_ubyte

from ..backbones import backbone_of, find_backbone
from ..checks.shapes import check_shape
from ..layers import fill, parameter_shapes, set_borders


def noise(image_shape, seed=0, ctx=None):
    """A start that shows nothing: normally distributed values. Gatys et al. 2016, section 3.3.

    Args:
        image_shape: (width, height) in pixels.
        seed: The same seed gives the same noise.
        ctx: Where to put it, by default the CPU.

    Returns:
        (1, 3, height, width), of mean 0 and deviation 1, as `preprocess` gives pictures.

    Raises:
        ValueError: For a size that makes no sense.
    """
    width, height = check_shape(image_shape)
    return nd.array(np.random.RandomState(seed).normal(size=(1, 3, height, width)), ctx=ctx)


def average_pooling(pretrained_net):
    """The network with averages in place of maxima where it pools.

    Gatys et al. 2016, section 2, found that pictures gain by it.

    Args:
        pretrained_net: From `load_backbone`.

    Returns:
        A network that shares its weights.
    """
    features = nn.HybridSequential()
    for layer in pretrained_net:
        features.add(_averaging(layer) if isinstance(layer, nn.MaxPool2D) else layer)
    features.backbone = backbone_of(pretrained_net)
    features.heads = getattr(pretrained_net, 'heads', {})
    return features


def _averaging(pool):
    settings = pool._kwargs
    return nn.AvgPool2D(settings['kernel'], settings['stride'], settings['pad'],
                        ceil_mode=settings['pooling_convention'] == 'full')


def random_backbone(name='vgg19_slim', seed=0, ctx=None):
    """A backbone with random weights that keep the variance (He et al. 2015), frozen.

    It has no heads, which were trained for other weights. K. He, Y. Wang, J. Hopcroft, *A Powerful Generative Model
    Using Random Weights for the Deep Image Representation*, NIPS 2016.

    Args:
        name: Of the backbone.
        seed: The same seed gives the same weights.
        ctx: Where to put them, by default `d2l.try_gpu()`.

    Returns:
        The layers, as `load_backbone` returns them.

    Raises:
        ValueError: For an unknown name.
    """
    backbone = find_backbone(name)
    features = backbone.layers()
    fill(features, random_weights(features, seed), ctx or d2l.try_gpu())
    set_borders(features, backbone.borders)
    features.collect_params().setattr('grad_req', 'null')
    features.backbone = backbone
    return features


def random_weights(features, seed=0):
    """{'features.0.weight': array, ...} for `fill`: normally distributed, variance 2 / inputs; biases 0."""
    rng = np.random.RandomState(seed)
    return {key: nd.array(rng.normal(0, math.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0, shape))
            for key, shape in parameter_shapes(features).items()}


def match_colours(img, reference):
    """A picture with the colours of another: mean and covariance of red, green and blue are made the same.

    Given to the style image before training, it keeps the content's colours: "color histogram matching" of Gatys,
    Bethge, Hertzmann, Shechtman, *Preserving Color in Neural Artistic Style Transfer*, arXiv:1606.05897, section 3
    (with Cholesky factors).

    Args:
        img: The picture, `uint8` (h, w, 3).
        reference: The one with the colours, `uint8` (h, w, 3) of any size.

    Returns:
        `uint8` of the shape of `img`.
    """
    pixels, wanted = (picture.asnumpy().reshape(-1, 3).astype('float64') for picture in (img, reference))
    to_white, to_wanted = (np.linalg.cholesky(np.cov(values.T) + np.eye(3)) for values in (pixels, wanted))
    matched = (pixels - pixels.mean(0)) @ (to_wanted @ np.linalg.inv(to_white)).T + wanted.mean(0)
    return nd.array(np.round(matched).clip(0, 255).reshape(img.shape), dtype='uint8')


def luminance(img):
    """A picture in grey: its luminance (the Y of YIQ) in all three channels.

    Args:
        img: `uint8` (h, w, 3).

    Returns:
        `uint8` of that shape.
    """
    grey = rgb2yiq(img.asnumpy())[..., :1]
    return nd.array(img_as_ubyte(np.repeat(grey, 3, axis=2).clip(0, 1)), dtype='uint8')


def keep_colours(picture, content):
    """The luminance of one picture with the colours of another.

    Train on the `luminance` of both pictures, then call this: "luminance-only transfer", arXiv:1606.05897, section 4.

    Args:
        picture: (h, w, 3) with values 0..1, from `postprocess`.
        content: The one with the colours, of the same shape and range.

    Returns:
        (h, w, 3) with values 0..1.

    Raises:
        ValueError: For pictures of different shapes.
    """
    if picture.shape != content.shape:
        raise ValueError(f'the pictures are {picture.shape} and {content.shape}: bring both to one size first, '
                         'with preprocess')
    mixed = rgb2yiq(content.asnumpy())
    mixed[..., 0] = rgb2yiq(picture.asnumpy())[..., 0]
    return nd.array(yiq2rgb(mixed).clip(0, 1))


def blend_styles(styles, shares):
    """Style targets between several pictures: features whose Gram matrices are the weighted mean of theirs.

    To train towards the mean of Gram matrices is to train towards each with its share, because the two losses differ by
    a constant.

    Args:
        styles: For each picture what `get_styles` gives as `styles_Y`, with the same network.
        shares: A number of at least 0 for each, which are divided by their sum.

    Returns:
        A list like `styles_Y`, for `train`.

    Raises:
        ValueError: For shares that make no sense.
    """
    possible = len(shares) == len(styles) and all(math.isfinite(share) and share >= 0 for share in shares)
    if not (possible and sum(shares)):
        raise ValueError(f'shares are {shares!r}: give a number of at least 0 for each of the {len(styles)} styles, '
                         'not all of them 0')
    shares = [share / sum(shares) for share in shares]
    return [_side_by_side(layer, shares) for layer in zip(*styles)]


def _side_by_side(features, shares):
    """All places in one row, (1, c, 1, n): a Gram matrix adds up over places, so it adds up the pictures."""
    total = sum(Y.size for Y in features)
    rows = [Y.reshape((1, Y.shape[1], 1, -1)) * math.sqrt(share * total / Y.size)
            for Y, share in zip(features, shares)]
    return nd.concat(*rows, dim=3)
