"""Widgets: sliders that show at once what a layer sees and what the losses do.

They watch the package from outside and hold none of its mathematics. The first half are the
building blocks, which the Style Lab (`d2l_style.lab`) uses too; where no kernel runs, the stored
page shows a still picture.
"""
import base64
import inspect
import io
import math

import ipywidgets as widgets
import numpy as np
import traitlets
from IPython.display import Markdown
from matplotlib.figure import Figure
from mxnet import nd
from PIL import Image

from .architectures import backbone_of
from .features import extract_features
from .images import postprocess
from .losses import Weights, compute_loss, gram


class Panel(widgets.VBox):
    """A box of controls that the stored notebook shows as a still picture.

    `still`: PNG bytes. `about`: one sentence, shown where there are no pictures either.
    """

    def __init__(self, children, still, about):
        super().__init__(children)
        self._fallback = {'image/png': base64.b64encode(still).decode(), 'text/plain': about}

    def _repr_mimebundle_(self, **kwargs):
        return {**super()._repr_mimebundle_(**kwargs), **self._fallback}


class LogSlider(widgets.HBox):
    """A slider on a logarithmic scale, a box to type an exact value, and a button back to the default.

    `lowest`, `highest`: of the slider; the box takes any value from 0 to `most`. With `zero` the
    leftmost position means 0. `value` has three significant digits unless it was typed.
    """

    value = traitlets.Float()

    def __init__(self, description, value, lowest, highest, *, zero=True, most=1e6, step=0.1):
        self.default, self.lowest, self.highest, self.zero = value, lowest, highest, zero
        self.slider = widgets.FloatLogSlider(
            base=10, min=math.log10(lowest), max=math.log10(highest), step=step, value=max(value, lowest),
            description=description, readout=False, tooltip=f'{description} (logarithmic)',
            style={'description_width': '8em'}, layout={'flex': '1 1 auto', 'min_width': '9em', 'width': 'auto'})
        self.box = widgets.BoundedFloatText(
            min=0 if zero else 1e-6, max=most, value=value, tooltip=f'{description}, as a number',
            layout={'width': '5.6em'})
        self.back = widgets.Button(description='reset', tooltip=f'{description} back to {value:g}',
                                   layout={'width': 'auto'})
        self._mover = None
        super().__init__([self.slider, self.box, self.back], value=value)
        self.layout.align_items = 'center'
        self.slider.observe(self._moved, 'value')
        self.box.observe(lambda change: self._set(change['new'], self.box), 'value')
        self.back.on_click(lambda _: self._set(self.default, self.back))
        self.observe(self._follow, 'value')

    @property
    def description(self):
        return self.slider.description

    @property
    def disabled(self):
        return self.slider.disabled

    @disabled.setter
    def disabled(self, disabled):
        for control in self.children:
            control.disabled = disabled

    def _moved(self, change):
        leftmost = self.zero and change['new'] < self.lowest * 1.001
        self._set(0.0 if leftmost else float(f'{change["new"]:.3g}'), self.slider)

    def _set(self, value, mover):
        if self._mover is None:  # else it is an echo of the value
            self._mover = mover
            try:
                self.value = value
            finally:
                self._mover = None

    def _follow(self, change):
        """Move the controls, but not the one under the user's hand: that would pull it back."""
        mover, self._mover = self._mover, self
        try:
            if mover is not self.slider:
                self.slider.value = min(max(change['new'], self.lowest), self.highest)
            if mover is not self.box:
                self.box.value = change['new']
        finally:
            self._mover = mover


def layer_choice(net, description='layer'):
    """A menu of the layers of a `FeatureNet` that shows their names; its `value` is the index."""
    return widgets.Dropdown(options=[(f'{net.names[i]} (index {i})', i) for i in net.layers],
                            description=description)


def weight_sliders(weights):
    """A `LogSlider` for each of the three weights: {name in `Weights`: slider}."""
    ranges = (('content', 'content weight', 1e-2, 1e2), ('style', 'style weight', 1e1, 1e5),
              ('tv', 'TV weight', 1e-1, 1e3))
    return {name: LogSlider(title, getattr(weights, name), low, high) for name, title, low, high in ranges}


def close_parts(widget):
    """Close all that a widget is made of, so that none stays behind in kernel and browser. Not the widget itself."""
    found = [widget]
    for one in found:
        for value in (getattr(one, name) for name in one.keys):
            values = value.values() if isinstance(value, dict) else value
            parts = values if isinstance(values, (list, tuple, type({}.values()))) else [values]
            found += [part for part in parts if isinstance(part, widgets.Widget) and part not in found]
    for part in found[1:]:
        part.close()


def picture_png(picture):
    """A picture, `uint8` (h, w, 3) or (h, w), as PNG bytes: quickly rather than as small as possible."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format='png', compress_level=1)
    return buffer.getvalue()


def show_source(*functions):
    """The source code of functions or classes, to be displayed in a notebook."""
    return Markdown('\n'.join(f'```python\n{inspect.getsource(function)}```' for function in functions))


def layer_table(pretrained_net):
    """Text that maps the index of each layer that learns to its name and channels, a block a line."""
    backbone, blocks, block = backbone_of(pretrained_net), {}, 1
    X = nd.zeros((1, 3, 64, 64), ctx=next(iter(pretrained_net.collect_params().values())).list_ctx()[0])
    for i, (name, layer) in enumerate(zip(backbone.names, pretrained_net)):
        X = layer(X)
        block += name.startswith('pool')
        if name in backbone.learned():
            blocks.setdefault((block, X.shape[1]), []).append(f'{i:2d} = {name}')
    return '\n'.join(f'block {block}, {channels:3d} channels:  {"   ".join(layers)}'
                     for (block, channels), layers in blocks.items())


def figure_png(figure):
    """A matplotlib figure as PNG bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format='png', dpi=80)
    return buffer.getvalue()


def feature_map(features, channel):
    """One channel of a layer as a grey picture, `uint8` (h, w): black where it is silent, after the ReLU."""
    values = nd.relu(features[0, channel]).asnumpy()
    return (255 * values / max(values.max(), 1e-6)).astype('uint8')


def browse_features(X, net):
    """Browse what each channel of each layer of `net` (a `FeatureNet`) sees in `X`: (1, 3, h, w).

    Bright is where the channel answers strongly. Returns a `Panel` to display.
    """
    outputs = dict(zip(net.layers, net(X)))
    picture = postprocess(X).asnumpy()
    layer = layer_choice(net)
    layer.value = net.style_layers[0]
    channel = widgets.IntSlider(min=0, max=0, description='channel', continuous_update=True)
    view = widgets.Image(format='png')
    read_out = widgets.HTML()

    def draw(_=None):
        Y = outputs[layer.value]
        channel.max = Y.shape[1] - 1
        shown = feature_map(Y, channel.value)
        view.value = _side_by_side(picture, shown, f'channel {channel.value} of {net.names[layer.value]}')
        active = (shown > 0).mean()
        read_out.value = (f'{Y.shape[1]} channels of {Y.shape[3]}×{Y.shape[2]} pixels; '
                          f'this one answers on {active:.0%} of the picture')

    for control in (layer, channel):
        control.observe(draw, 'value')
    draw()
    return Panel([layer, channel, view, read_out], view.value,
                 'Feature browser: run the notebook to choose layer and channel.')


def _side_by_side(picture, grey, title):
    figure = Figure(figsize=(8, 3), layout='constrained')
    left, right = figure.subplots(1, 2)
    left.imshow(picture)
    left.set_title('picture')
    right.imshow(grey, cmap='gray', vmin=0, vmax=255)
    right.set_title(title)
    for axis in (left, right):
        axis.axis('off')
    return figure_png(figure)


def mix(content_X, style_X, share, noise):
    """`share` (0..1) of the style picture over the content picture, with Gaussian `noise` in pixel units 0..1."""
    X = (1 - share) * content_X + share * style_X
    grain = np.random.RandomState(0).normal(0, noise, X.shape) if noise else 0  # the same grain at every move
    return X + nd.array(np.broadcast_to(grain, X.shape) / 0.226, ctx=X.context)  # 0.226: mean of rgb_std


def mix_losses(content_X, style_X, net):
    """Mix the two pictures (1, 3, h, w) by hand and watch every loss of the mixture move.

    Sliders for the mixture, for noise and for the three weights; one bar for each layer's
    weighted loss. `net`: a `FeatureNet`. Returns a `Panel` to display.
    """
    contents_Y, _ = extract_features(content_X, net)
    styles_Y_gram = [gram(Y) for Y in extract_features(style_X, net)[1]]
    weights = Weights()
    share = widgets.FloatSlider(min=0, max=1, step=0.05, description='style share')
    noise = widgets.FloatSlider(min=0, max=0.3, step=0.01, description='noise')
    sliders = weight_sliders(weights)
    view, read_out = widgets.Image(format='png'), widgets.HTML()

    def draw(_=None):
        for name, slider in sliders.items():
            setattr(weights, name, slider.value)
        X = mix(content_X, style_X, share.value, noise.value)
        losses = compute_loss(X, *extract_features(X, net), contents_Y, styles_Y_gram, weights)
        contents, styles = ([l.asscalar() for l in part] for part in losses[:2])
        tv, total = (l.asscalar() for l in losses[2:])
        view.value = _losses_png(postprocess(X).asnumpy(), net, contents, styles, tv)
        read_out.value = (f'content loss {sum(contents):.2f} + style loss {sum(styles):.2f} + '
                          f'TV loss {tv:.2f} = <b>{total:.2f}</b>')

    for control in (share, noise):
        control.style.description_width = '8em'
    for control in (share, noise, *sliders.values()):
        control.observe(draw, 'value')
    draw()
    controls = widgets.HBox([widgets.VBox([share, noise]), widgets.VBox(list(sliders.values()))],
                            layout={'flex_flow': 'row wrap'})
    return Panel([controls, view, read_out], view.value,
                 'Loss mixer: run the notebook to mix the pictures and to change the weights.')


def _losses_png(picture, net, contents, styles, tv):
    figure = Figure(figsize=(8.5, 2.9), layout='constrained')
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
    left.imshow(picture)
    left.axis('off')
    bars = [(f'content {net.names[i]}', l, 'tab:blue') for i, l in zip(net.content_layers, contents)]
    bars += [(f'style {net.names[i]}', l, 'tab:orange') for i, l in zip(net.style_layers, styles)]
    bars += [('TV', tv, 'tab:gray')]
    names, values, colours = zip(*bars)
    right.barh(names, values, color=colours)
    right.invert_yaxis()
    right.set(xscale='log', xlim=(1e-3, 1e4), xlabel='weighted loss (log scale)')
    return figure_png(figure)

