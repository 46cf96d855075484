"""Feature browser: what each channel of each layer sees, under two sliders. Chapter, "Extract Features"."""
import ipywidgets as widgets
from matplotlib.figure import Figure
from mxnet import nd

from ..backbones import backbone_of
from ..images import postprocess
from .cells import belongs_to_cell
from .controls import button
from .drawing import Drawing
from .panel import Panel
from .sliders import layer_choice


def browse_features(X, net):
    """Browse what each channel of each layer sees in a picture. Bright is where the channel answers strongly.

    Args:
        X: Network input, (1, 3, h, w).
        net: A `FeatureNet`.

    Returns:
        A `Panel` to display; running the cell again closes the one that it had made before.
    """
    outputs = dict(zip(net.layers, net(X)))
    picture = postprocess(X).asnumpy()
    layer = layer_choice(net)
    layer.value = net.style_layers[0]
    channel = widgets.IntSlider(min=0, max=0, description='channel', readout=False, continuous_update=True,
                                layout={'flex': '1 1 20em', 'width': 'auto'})
    number = widgets.BoundedIntText(min=0, max=0, layout={'width': '6em'}, tooltip='channel, as a number')
    widgets.link((channel, 'value'), (number, 'value'))
    before, after = (button(text, f'the channel {which}', lambda _, step=step: move(step))
                     for text, which, step in (('←', 'before', -1), ('→', 'after', 1)))
    row = widgets.HBox([channel, number, before, after], layout={'width': '100%'})
    row.add_class('d2l-slider')
    view = widgets.Image(format='png')
    read_out = widgets.HTML()
    side_by_side = {}  # of each layer: its pictures are of one size

    def draw(_=None):
        Y = outputs[layer.value]
        channel.max = number.max = Y.shape[1] - 1
        shown = feature_map(Y, channel.value)
        if layer.value not in side_by_side:
            side_by_side[layer.value] = features_figure(picture, shown)
        view.value = side_by_side[layer.value](shown, f'channel {channel.value} of {net.names[layer.value]}')
        active = (shown > 0).mean()
        read_out.value = (f'{net.names[layer.value]} has {Y.shape[1]} channels of {Y.shape[3]}×{Y.shape[2]} pixels; '
                          f'channel {channel.value} answers on {active:.0%} of the picture')

    def move(step):
        channel.value = min(max(channel.value + step, 0), channel.max)

    for control in (layer, channel):
        control.observe(draw, 'value')
    draw()
    shown = widgets.VBox([view, read_out])
    shown.add_class('d2l-view')
    panel = Panel([layer, row, shown], view.value,
                  'Feature browser: run the notebook to choose layer and channel.')
    belongs_to_cell(panel)
    return panel


def feature_map(features, channel):
    """One channel of a layer as a grey picture: black where it is silent, after the ReLU.

    Args:
        features: Of one layer, (1, c, h, w).
        channel: Its number, from 0.

    Returns:
        `uint8` (h, w).
    """
    values = nd.relu(features[0, channel]).asnumpy()
    return (255 * values / max(values.max(), 1e-6)).astype('uint8')


def layer_table(pretrained_net):
    """The layers that learn, with their indices, names and channels.

    Behind a layer with a star stands a head, a 1×1 convolution.

    Args:
        pretrained_net: From `load_backbone`.

    Returns:
        A text, a block a line.
    """
    backbone, blocks, block, heads = backbone_of(pretrained_net), {}, 1, getattr(pretrained_net, 'heads', {})
    X = nd.zeros((1, 3, 64, 64), ctx=next(iter(pretrained_net.collect_params().values())).list_ctx()[0])
    for i, (name, layer) in enumerate(zip(backbone.names, pretrained_net)):
        X = layer(X)
        block += name.startswith('pool')
        if name in backbone.learned():
            blocks.setdefault((block, X.shape[1]), []).append(
                f'{i:2d} = {name}' + '*' * (i in heads))
    return '\n'.join(f'block {block}, {channels:3d} channels:  {"   ".join(layers)}'
                     for (block, channels), layers in blocks.items())


def features_figure(picture, grey):
    """A function that draws a grey picture, `uint8` (h, w), with a title above it, beside `picture`: PNG bytes.

    `grey`: one of that size.
    """
    figure = Figure(figsize=(8, 3), layout='constrained')
    left, right = figure.subplots(1, 2)
    left.imshow(picture)
    left.set_title('picture')
    shown = right.imshow(grey, cmap='gray', vmin=0, vmax=255)
    title = right.set_title('channel')
    for axis in (left, right):
        axis.axis('off')
    drawing = Drawing(figure, [shown, title])

    def draw(grey, text):
        shown.set_data(grey)
        title.set_text(text)
        return drawing.png()

    return draw
