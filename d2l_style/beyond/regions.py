"""Regions: another style in each part of the picture, chosen by masks.

Not in the chapter. Gatys, Ecker, Bethge, Hertzmann, Shechtman, *Controlling Perceptual Factors in Neural
Style Transfer*, CVPR 2017, section 4: "guided" Gram matrices, which add up over one region only.
"""
import mxnet as mx
import numpy as np
from mxnet import nd
from mxnet.gluon import nn

from ..checks.shapes import check_shape
from ..features import get_styles
from ..layers import add_constant


class RegionNet(nn.HybridBlock):
    """A `FeatureNet` whose style features come once for each region; `train` takes it as its network.

    A call maps (1, 3, h, w) to the content features and then, layer by layer, the style features times each mask,
    scaled so that their Gram matrix is that of a picture as large as the region. `style_layers` are pairs (layer,
    region). Fast mode does not take it.

    Args:
        net: The `FeatureNet`.
        masks: One for each region, (h, w), values 0..1, all of one shape; they are brought to the size of each layer.

    Raises:
        ValueError: For masks that make no sense.
    """

    def __init__(self, net, masks):
        super().__init__()
        self.net = net
        add_constant(self, 'masks', nd.array(_checked(masks)[None], ctx=net.ctx))
        self.content_layers = net.content_layers
        self.style_layers = [(i, region) for i in net.style_layers for region in range(len(masks))]
        self.layers, self.channels = [*self.content_layers, *self.style_layers], net.channels
        self.hybridize()

    def hybrid_forward(self, F, X, masks):
        """Content features, and style features for each region; called by Gluon."""
        outputs = dict(zip(self.net.layers, self.net(X)))
        contents = [outputs[i] for i in self.content_layers]
        return contents + [_guided(F, outputs[i], F.slice_axis(masks, axis=1, begin=region, end=region + 1))
                           for i, region in self.style_layers]

    def shapes(self, shape):
        """Shapes of a picture's features.

        Args:
            shape: Of the picture, (1, 3, h, w).

        Returns:
            A dictionary from a layer, or a pair (layer, region), to the shape of its features.
        """
        outputs = mx.sym.Group(self(mx.sym.var('X')))
        return dict(zip(self.layers, outputs.infer_shape(X=shape)[1]))

    def layer_names(self, layers):
        """The names of some of its layers.

        Args:
            layers: Indices, and pairs (layer, region).

        Returns:
            Their names, in that order.
        """
        return [f'{self.net.names[i[0]]} in region {i[1]}' if isinstance(i, tuple) else self.net.names[i]
                for i in layers]

    @property
    def ctx(self):
        """Where the weights are."""
        return self.net.ctx


def _guided(F, features, mask):
    mask = F.BlockGrad(F.contrib.BilinearResize2D(mask, F.BlockGrad(features), mode='like'))
    share = F.mean(F.square(mask), keepdims=True) + 1e-6  # a region may vanish in a coarse layer
    return F.broadcast_mul(features, F.broadcast_div(mask, F.sqrt(share)))


def get_region_styles(style_imgs, image_shape, net, style_scale=1):
    """Style targets for `train`: the features of each region's own style picture.

    Args:
        style_imgs: A picture (h, w, 3) for each region.
        image_shape: (width, height) in pixels.
        net: A `RegionNet`.
        style_scale: Size of the style pictures relative to that, 0.25 to 4; see `get_styles`.

    Returns:
        The features, (1, channels, height, width), in the order of `net.style_layers`.

    Raises:
        ValueError: For another number of pictures than of regions.
    """
    image_shape, regions = check_shape(image_shape), net.masks.shape[1]
    if len(style_imgs) != regions:
        raise ValueError(f'there are {regions} regions and {len(style_imgs)} style pictures: give one for each')
    found = [get_styles(img, image_shape, net.net, style_scale)[1] for img in style_imgs]
    return [Y for layer in zip(*found) for Y in layer]


def _checked(masks):
    arrays = [mask.asnumpy() if isinstance(mask, nd.NDArray) else np.asarray(mask) for mask in masks]
    if not arrays or any(array.ndim != 2 or array.shape != arrays[0].shape for array in arrays):
        raise ValueError(f'the masks have the shapes {[array.shape for array in arrays]}: give at least one, '
                         'all of one shape (height, width)')
    for region, array in enumerate(arrays):
        if not (array.min() >= 0 and 0 < array.max() <= 1):
            raise ValueError(f'mask {region} has values from {array.min():g} to {array.max():g}: give 0 (outside) to 1 '
                             '(inside), and at least one place inside')
    return nd.array(np.stack(arrays).astype('float32'))
