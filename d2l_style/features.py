"""Features: what a backbone's content and style layers say about a picture.

Chapter, "Extract Features". Layers are named (`'conv4_4'`) or counted (25).
"""
from collections.abc import Iterable, Sequence

import mxnet as mx
from mxnet import nd
from mxnet.gluon import nn

from .backbones import AFTER_RELU, backbone_of
from .images import Shape, preprocess, scaled_shape
from .layers import Head, OnePass

CONTENT_LAYERS = (25,)
STYLE_LAYERS = (0, 5, 10, 19, 28)
Layers = str | int | Iterable[str | int]
Features = list[nd.NDArray]  # of each layer, (1, channels, height, width)


class FeatureNet(nn.HybridBlock):
    """A backbone cut after the last layer needed; one pass returns every layer asked for.

    The chapter keeps `net`, `content_layers` and `style_layers` in globals: they are here.
    `pretrained_net`: from `load_backbone`. Layers: at least one of each, by index or name; by
    default those that suit the backbone, for VGG-19 the chapter's.
    A call maps (n, 3, h, w) to the list of outputs of `layers`, in ascending order. In the embedded
    network a linear head maps each style layer to what VGG-19 would say there, with as many channels.
    Raises `ValueError` for layers that the backbone does not have.
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
        self.trunk = OnePass(self.body, self.layers)
        self.heads = {i: Head(matrix, self.names[i] in AFTER_RELU)
                      for i, matrix in getattr(pretrained_net, 'heads', {}).items() if i in self.layers}
        for head in self.heads.values():
            self.register_child(head)
        self.hybridize()

    def hybrid_forward(self, F, X: nd.NDArray) -> list[nd.NDArray]:
        """The outputs of `layers`, one after the other; called by Gluon."""
        return [self.apply_head(i, Y) for i, Y in zip(self.layers, self.trunk(X))]

    def apply_head(self, i: int, Y: nd.NDArray) -> nd.NDArray:
        """Through the head of layer `i`, if it has one: (n, c, h, w) → (n, C, h, w)."""
        return self.heads[i](Y) if i in self.heads else Y

    @property
    def ctx(self) -> mx.Context:
        """Where the weights are, and so where pictures have to be."""
        return next(iter(self.collect_params().values())).list_ctx()[0]


def resolve_layers(layers: Layers, names: Sequence[str], kind: str) -> list[int]:
    """Sorted indices of `layers` (indices or names) among those called `names`.

    `kind`, 'content' or 'style', is named in the `ValueError` for an unknown or missing layer.
    """
    layers = [layers] if isinstance(layers, str) or not hasattr(layers, '__iter__') else list(layers)
    if not layers:
        raise ValueError(f'no {kind} layer was chosen: give at least one, for example {names[-1]}')
    indices = []
    for layer in layers:
        if layer in names:
            indices.append(names.index(layer))
        elif isinstance(layer, int) and not isinstance(layer, bool) and 0 <= layer < len(names):
            indices.append(layer)
        else:
            raise ValueError(f'{layer!r} is no {kind} layer of this backbone: choose from '
                             f'0 to {len(names) - 1}, or a name: {", ".join(names)}')
    return sorted(set(indices))


def extract_features(X: nd.NDArray, net: FeatureNet) -> tuple[Features, Features]:
    """Content and style features of `X`: (1, 3, h, w) → two lists of (1, channels, height, width)."""
    outputs = dict(zip(net.layers, net(X)))
    contents = [outputs[i] for i in net.content_layers]
    styles = [outputs[i] for i in net.style_layers]
    return contents, styles


def get_contents(content_img: nd.NDArray, image_shape: Shape, net: FeatureNet) -> tuple[nd.NDArray, Features]:
    """The content picture as network input, and its content features. `image_shape`: (width, height)."""
    content_X = preprocess(content_img, image_shape).copyto(net.ctx)
    contents_Y, _ = extract_features(content_X, net)
    return content_X, contents_Y


def get_styles(style_img: nd.NDArray, image_shape: Shape, net: FeatureNet,
               style_scale: float = 1) -> tuple[nd.NDArray, Features]:
    """The style picture as network input, and its style features. `image_shape`: (width, height).

    `style_scale`, 0.25 to 4: its size relative to that. At 2 its strokes come out twice as large.
    """
    style_X = preprocess(style_img, scaled_shape(image_shape, style_scale)).copyto(net.ctx)
    _, styles_Y = extract_features(style_X, net)
    return style_X, styles_Y
