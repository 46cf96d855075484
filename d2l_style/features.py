"""Features: what a backbone's content and style layers say about a picture.

Chapter, "Extract Features". Layers are named (`'conv4_4'`) or counted (25).
"""
from collections.abc import Iterable, Sequence

import mxnet as mx
from mxnet import nd
from mxnet.gluon import nn

from .backbones import backbone_of
from .checks.layers import Layers, resolve_layers
from .checks.shapes import Shape, scaled_shape
from .images import preprocess

CONTENT_LAYERS = (25,)
STYLE_LAYERS = (0, 5, 10, 19, 28)


class Features(list):
    """Features of one picture, a list of arrays (1, channels, height, width).

    Args:
        outputs: The arrays, one a layer.
        layers: The names of their layers.
    """

    def __init__(self, outputs: Iterable[nd.NDArray] = (), layers: Sequence[str] = ()):
        super().__init__(outputs)
        self.layers = list(layers)


class FeatureNet(nn.HybridBlock):
    """A backbone cut after the last layer needed; one pass returns every layer asked for.

    The chapter keeps `net`, `content_layers` and `style_layers` in globals: they are here. A call maps (n, 3, h, w)
    to the list of outputs of `layers`, in ascending order, each through its head, where the network has one.

    Args:
        pretrained_net: From `load_backbone`.
        content_layers: At least one, by index or name; by default those that suit the backbone, for VGG-19 the
            chapter's.
        style_layers: The same for the style.

    Raises:
        ValueError: For layers that the backbone does not have, or none.
    """

    def __init__(self, pretrained_net: nn.HybridSequential, content_layers: Layers | None = None,
                 style_layers: Layers | None = None):
        super().__init__()
        backbone = backbone_of(pretrained_net)
        self.names = backbone.names[:len(pretrained_net)]
        content_layers = backbone.content_layers if content_layers is None else content_layers
        style_layers = backbone.style_layers if style_layers is None else style_layers
        self.content_layers = resolve_layers(content_layers, self.names, 'content')
        self.style_layers = resolve_layers(style_layers, self.names, 'style')
        self.layers = sorted({*self.content_layers, *self.style_layers})
        self.body = pretrained_net[:self.layers[-1] + 1]
        self.heads = {i: head for i, head in getattr(pretrained_net, 'heads', {}).items() if i in self.layers}
        for head in self.heads.values():
            self.register_child(head)
        self.hybridize()

    def hybrid_forward(self, F, X: nd.NDArray) -> list[nd.NDArray]:
        """The outputs of `layers`, one after the other; called by Gluon."""
        outputs = []
        for i, layer in enumerate(self.body):
            X = layer(X)
            if i in self.layers:
                outputs.append(self.heads[i](X) if i in self.heads else X)
        return outputs

    def shapes(self, shape: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
        """Shapes of a picture's features; nothing is computed.

        Args:
            shape: Of the picture, (1, 3, h, w).

        Returns:
            A dictionary from the index of a layer to the shape of its features, (1, channels, height, width).
        """
        outputs = mx.sym.Group(self(mx.sym.var('X')))
        return dict(zip(self.layers, outputs.infer_shape(X=shape)[1]))

    @property
    def channels(self) -> int:
        """Channels of the first layer, which say how much memory a picture takes."""
        return self.body[0].weight.shape[0]

    def layer_names(self, layers: Sequence[int]) -> list[str]:
        """The names of some of its layers.

        Args:
            layers: Their indices.

        Returns:
            Their names, in that order.
        """
        return [self.names[i] for i in layers]

    @property
    def ctx(self) -> mx.Context:
        """Where the weights are, and so where pictures have to be."""
        return next(iter(self.collect_params().values())).list_ctx()[0]


def extract_features(X: nd.NDArray, net: FeatureNet) -> tuple[Features, Features]:
    """Content and style features of a picture. Chapter, "Extract Features".

    Args:
        X: Network input, (1, 3, h, w), where the weights of `net` are.
        net: The network, with its layers.

    Returns:
        Content features and style features, two lists of (1, channels, height, width), one a layer.
    """
    outputs = dict(zip(net.layers, net(X)))
    contents = Features([outputs[i] for i in net.content_layers], net.layer_names(net.content_layers))
    styles = Features([outputs[i] for i in net.style_layers], net.layer_names(net.style_layers))
    return contents, styles


def get_contents(content_img: nd.NDArray, image_shape: Shape, net: FeatureNet) -> tuple[nd.NDArray, Features]:
    """The content picture as network input, and its content features. Chapter, "Extract Features".

    Args:
        content_img: (h, w, 3), values 0..255.
        image_shape: (width, height) of the composite image, in pixels.
        net: The network, with its layers.

    Returns:
        The picture (1, 3, height, width), and its content features, one array a layer.

    Raises:
        ValueError: For a size that makes no sense.
    """
    content_X = preprocess(content_img, image_shape).copyto(net.ctx)
    contents_Y, _ = extract_features(content_X, net)
    return content_X, contents_Y


def get_styles(style_img: nd.NDArray, image_shape: Shape, net: FeatureNet,
               style_scale: float = 1) -> tuple[nd.NDArray, Features]:
    """The style picture as network input, and its style features. Chapter, "Extract Features".

    Args:
        style_img: (h, w, 3), values 0..255.
        image_shape: (width, height) of the composite image, in pixels.
        net: The network, with its layers.
        style_scale: Size of the style picture relative to that, 0.25 to 4. At 2 its strokes come out twice as large.

    Returns:
        The picture (1, 3, height, width), and its style features, one array a layer.

    Raises:
        ValueError: For a size or a scale that makes no sense.
    """
    style_X = preprocess(style_img, scaled_shape(image_shape, style_scale)).copyto(net.ctx)
    _, styles_Y = extract_features(style_X, net)
    return style_X, styles_Y
