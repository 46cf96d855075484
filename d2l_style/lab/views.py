"""Views: what the lab shows of a run. Each gets arrays and draws; none of them computes a loss."""
import math

import bqplot
import ipywidgets as widgets
import matplotlib
import numpy as np
from PIL import Image

from .drawing import picture_png

# Colours with a contrast of 3 or more on both themes of JupyterLab; a line style for those who see none
CURVES = {
    'content': ('#3b82d6', 'solid'), 'style': ('#d9690f', 'dashed'),
    'TV': ('#2a9d5a', 'dotted'), 'sum': ('#858585', 'dash_dotted')}
DECADES = 6  # that the curves show at most: the first content loss is 0 but for rounding
POINTS = 300  # of a curve: more than that are not seen
RANGE = -6, 5  # of the bars, as powers of ten
GRAM_SIDE = 176  # pixels


def before_after(before, after, share):
    """`before` in the left `share` (0..1) of the picture, `after` in the rest: `uint8` (h, w, 3)."""
    edge = round(share * after.shape[1])
    picture = after.copy()
    picture[:, :edge] = before[:, :edge]
    picture[:, max(0, edge - 1):edge + 1] = 255  # where one ends and the other begins
    return picture


def change_map(before, after):
    """How far each pixel has moved, mean of the channels: black 0, yellow half of the range or more."""
    moved = np.abs(after.astype('float32') - before).mean(axis=2) / 255
    return colours(moved / 0.5, 'inferno')


def gram_picture(G, top):
    """A Gram matrix (c, c) as a square picture: red above 0, blue below, full at ±`top`."""
    picture = Image.fromarray(colours(0.5 + 0.5 * G / max(top, 1e-12), 'RdBu_r'))
    side = GRAM_SIDE // len(G) * len(G) or GRAM_SIDE  # whole pixels for each element, where they fit
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


def colours(values, name):
    """Values 0..1 in a colour map of matplotlib: `uint8` (h, w, 3)."""
    return matplotlib.colormaps[name](np.clip(values, 0, 1), bytes=True)[..., :3]


def at_most(picture, side):
    """A picture, `uint8` (h, w, 3), shrunk if its longer side has more than `side` pixels."""
    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = [max(1, round(n * scale)) for n in reversed(picture.shape[:2])]
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


class PictureView(widgets.VBox):
    """A picture with a title above it: as wide as the page allows, or (`real`) a screen pixel for each of its own."""

    def __init__(self, title, real=True):
        self.image = widgets.Image(format='png')  # a tooltip would break ipywidgets' image
        self.image.add_class('d2l-picture')
        self.title = widgets.HTML(f'<b>{title}</b>')
        self.real = real
        super().__init__([self.title, self.image])
        self.add_class('d2l-view')

    def show(self, picture):
        """Show a picture, `uint8` (h, w, 3)."""
        height, width = (f'{side}px' for side in picture.shape[:2]) if self.real else ('auto', '100%')
        if (self.image.layout.width, self.image.layout.height) != (width, height):
            self.image.layout.width, self.image.layout.height = width, height
            (self.image.add_class if self.real else self.image.remove_class)('d2l-real')
        self.image.value = picture_png(picture)


class CompositeView(widgets.VBox):
    """The composite image: itself, before and after with a slider, or where it has changed.

    `tools` are the controls, to be put beside or below.
    """

    KINDS = ('picture', 'before / after', 'change map')
    CAPTIONS = ('', 'Left of the line: content image; right: composite image.',
                'Black: as in the content image. Yellow: moved by half of the range or more.')

    def __init__(self):
        self.view = PictureView('composite image', real=False)
        self.kind = widgets.ToggleButtons(options=self.KINDS, tooltips=[
            'the composite image', 'content image and composite image, with a slider between them',
            'how far each pixel is from the content image'], style={'button_width': 'auto'})
        self.kind.add_class('d2l-toggle')
        self.share = widgets.FloatSlider(value=0.5, min=0, max=1, step=0.01, readout=False, description='before',
                                         tooltip='where the content image ends',
                                         layout={'width': '20em', 'max_width': '100%'})
        self.zoom = widgets.ToggleButtons(options=[('fit', False), ('real pixels', True)],
                                          tooltips=['as large as the page allows', 'a screen pixel for each pixel'],
                                          style={'button_width': 'auto'})
        self.zoom.add_class('d2l-toggle')
        self.caption = widgets.HTML()
        self.caption.add_class('d2l-help')
        self.picture = self.content = None
        self.tools = widgets.HBox([self.kind, self.zoom, self.share, self.caption])
        self.tools.add_class('d2l-tools')
        super().__init__([self.view])
        self.add_class('d2l-composite')
        for control in (self.kind, self.share, self.zoom):
            control.observe(self._draw, 'value')
        self._draw()

    def show(self, picture, content, weights):
        """Show `picture`, made with `weights`; `content` is what it is compared with, both `uint8` (h, w, 3)."""
        self.picture, self.content = picture, content
        self._draw()
        self.view.title.value = ('<b>composite image</b> <span class="d2l-used" title="content, style, TV weight">'
                                 f'weights {weights.content:g} / {weights.style:g} / {weights.tv:g}</span>')

    def _draw(self, _=None):
        kind = self.KINDS.index(self.kind.value)
        self.share.layout.display = '' if kind == 1 else 'none'
        if self.caption.value != self.CAPTIONS[kind]:
            self.caption.value = self.CAPTIONS[kind]
        self.view.real = self.zoom.value
        picture, content = self.picture, self.content
        if picture is None:
            return
        if picture.shape != content.shape:  # between two sizes
            kind = 0
        self.view.show((picture, before_after(content, picture, self.share.value),
                        change_map(content, picture))[kind] if kind else picture)


class Curves(widgets.VBox):
    """The three weighted losses and their sum over the epochs, on a logarithmic axis."""

    def __init__(self):
        self.legend = widgets.HTML()
        scales = self.scales = {'x': bqplot.LinearScale(min=0, max=1), 'y': bqplot.LogScale(min=0.1, max=1e3)}
        self.lines = {name: bqplot.Lines(x=[0.0], y=[1.0], scales=scales, colors=[colour], line_style=style,
                                         stroke_width=2) for name, (colour, style) in CURVES.items()}
        axes = [bqplot.Axis(scale=scales['x'], label='epoch', label_color=CURVES['sum'][0], tick_format='d',
                            grid_lines='none'),
                bqplot.Axis(scale=scales['y'], orientation='vertical', tick_format='.3~g', grid_lines='solid')]
        self.columns, self.rows = axes
        self.figure = bqplot.Figure(marks=list(self.lines.values()), axes=axes, animation_duration=0,
                                    display_toolbar=False,
                                    fig_margin={'top': 8, 'bottom': 44, 'left': 60, 'right': 12},
                                    layout={'width': '100%', 'height': '230px', 'min_width': '200px'})
        super().__init__([widgets.HTML('<b>weighted losses</b> (logarithmic axis)'), self.legend, self.figure])
        self.add_class('d2l-curves')
        self.show([])

    def show(self, history):
        """Draw the losses of all steps in `history`."""
        shown = np.unique(np.linspace(0, len(history) - 1, min(len(history), POINTS)).round().astype(int))
        steps = [history[i] for i in shown]
        values = {'content': [step.content_loss for step in steps], 'style': [step.style_loss for step in steps],
                  'TV': [step.tv_l for step in steps], 'sum': [step.total_loss for step in steps]}
        self._scale(len(history), [l for losses in values.values() for l in losses if l > 0])
        for name, line in self.lines.items():
            y = np.array(values[name] or [1.0])
            with line.hold_sync():
                line.x, line.y = (shown if len(shown) else np.zeros(1)), np.where(y > 0, y, math.nan)
        self.legend.value = '<div class="d2l-legend">' + ''.join(
            f'<span><svg width="22" height="8" aria-hidden="true"><line x1="0" y1="4" x2="22" y2="4" stroke="{colour}" '
            f'stroke-width="3" stroke-dasharray="{dashes}"/></svg> {name} <output class="d2l-{name}">'
            f'{short(values[name][-1]) if steps else "–"}</output></span>'
            for (name, (colour, _)), dashes in zip(CURVES.items(), ('', '6 4', '2 3', '7 3 2 3'))) + '</div>'


    def _scale(self, epochs, losses):
        """Axes from 0 to the last epoch and between powers of ten; they change seldom, which is easier to read."""
        high = math.ceil(math.log10(max(losses))) if losses else 3
        low = max(high - DECADES, math.floor(math.log10(min(losses)))) if losses else -1
        high = max(high, low + 2)
        last = max(10, -(-epochs // 50) * 50)
        if self.scales['x'].max != last:
            self.columns.tick_values = np.linspace(0, last, 6)
            self.scales['x'].max = float(last)
        if (self.scales['y'].min, self.scales['y'].max) != (10.0 ** low, 10.0 ** high):
            self.rows.tick_values = np.array([10.0 ** power for power in range(low, high + 1)])
            with self.scales['y'].hold_sync():
                self.scales['y'].min, self.scales['y'].max = 10.0 ** low, 10.0 ** high


class LayerBars(widgets.VBox):
    """Each layer's loss as a bar, before and after weighting."""

    def __init__(self):
        self.table = widgets.HTML()
        super().__init__([self.table])
        self.measured = None

    def show(self, measured, weights):
        """Draw a `Measured`, weighted with `Weights`."""
        self.measured = measured
        self.table.value = bars_html(measured, weights)


def bars_html(measured, weights):
    """A table of the losses of each layer, as numbers and as bars on a logarithmic scale."""
    kinds = [kind for kind, _ in measured.layers]
    factors = [weights.content] * kinds.count('content') + weights.style_layers(kinds.count('style')) + [weights.tv]
    weighted = [factor * l for factor, l in zip(factors, measured.losses)]
    top = int(np.argmax(weighted))
    rows = [f'<tr{" class=d2l-top" if i == top else ""}><th scope="row">{kind} {name}</th>'
            f'{_bar(l, CURVES[kind][0])}{_bar(w, CURVES[kind][0])}</tr>'
            for i, ((kind, name), l, w) in enumerate(zip(measured.layers, measured.losses, weighted))]
    share = weighted[top] / (sum(weighted) or 1)
    most = ' '.join(measured.layers[top]).strip()
    return ('<table class="d2l-bars"><thead><tr><th></th><th colspan="2">before weighting</th>'
            f'<th colspan="2">after weighting</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
            f'<p class="d2l-note">Counts most now: <b>{most}</b>, {share:.0%} of the sum. '
            'The scale is logarithmic: a tenth more is about 13 times as much.</p>')


def _bar(value, colour):
    low, high = RANGE
    width = 100 * np.clip((math.log10(value) - low) / (high - low), 0, 1) if value > 0 else 0
    return (f'<td class="d2l-number">{short(value)}</td><td class="d2l-track">'
            f'<div style="width:{width:.0f}%;background:{colour}"></div></td>')


def short(value):
    """A loss in a few characters: three significant digits, no exponent where it can be helped."""
    return f'{value:.3g}' if 1e-3 <= value < 1e3 else '0' if value == 0 else f'{value:.0f}' if 1e3 <= value < 1e6 \
        else f'{value:.1e}'


class GramView(widgets.VBox):
    """The Gram matrices of composite image and style image side by side, for one layer."""

    def __init__(self):
        self.layer = widgets.Dropdown(description='layer', tooltip='style layer whose Gram matrices are shown',
                                      style={'description_width': '3em'}, layout={'width': '12em'})
        self.composite, self.style = PictureView('composite image'), PictureView('style image')
        self.caption = widgets.HTML()
        self.caption.add_class('d2l-help')
        self.measured = None
        pair = widgets.HBox([self.composite, self.style])
        pair.add_class('d2l-grams')
        super().__init__([self.layer, pair, self.caption])
        self.layer.observe(self._draw, 'value')

    def show(self, measured):
        """Draw a `Measured`; the chosen layer stays if it still is a style layer."""
        self.measured, names = measured, [name for kind, name in measured.layers if kind == 'style']
        if list(self.layer.options) != names:
            chosen = self.layer.value
            self.layer.options = names
            self.layer.value = chosen if chosen in names else names[0]
        self._draw()

    def _draw(self, _=None):
        names = [name for kind, name in self.measured.layers if kind == 'style']
        if self.layer.value not in names:
            return
        i = names.index(self.layer.value)
        pair = self.measured.grams[i], self.measured.styles_grams[i]
        top = np.quantile(np.abs(pair[1]), 0.99)  # the style's scale, so that the other is seen to come nearer
        for view, G in zip((self.composite, self.style), pair):
            view.show(gram_picture(G, top))
        loss = measured_style_loss(self.measured, self.layer.value)
        self.caption.value = (f'{len(pair[0])} × {len(pair[0])} channels; red: answer together, blue: opposite signs. '
                              f'Mean squared difference: {short(loss)}')


def measured_style_loss(measured, layer):
    """The unweighted style loss of a layer, by name."""
    return measured.losses[measured.layers.index(('style', layer))]
