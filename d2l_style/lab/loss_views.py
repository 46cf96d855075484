"""Loss views: the losses of a run, as curves over the epochs and as bars of each layer. None of them computes one."""
import math

import bqplot
import ipywidgets as widgets
import numpy as np

from .digits import short, written

# Colours with a contrast of 3 or more on both themes of JupyterLab; a line style for those who see none
CURVES = {
    'content': ('#3b82d6', 'solid'), 'style': ('#d9690f', 'dashed'),
    'TV': ('#2a9d5a', 'dotted'), 'sum': ('#858585', 'dash_dotted')}
ZERO = 1e-6  # of the largest loss: what is less is 0 but for rounding, as the first content loss
POINTS = 300  # of a curve: more than that are not seen
RANGE = -6, 5  # of the bars, as powers of ten


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
                                    fig_margin={'top': 8, 'bottom': 44, 'left': 60, 'right': 24},
                                    layout={'width': '100%', 'height': '230px', 'min_width': '200px'})
        super().__init__([widgets.HTML('<b>weighted losses</b> (logarithmic axis)'), self.legend, self.figure])
        self.add_class('d2l-curves')
        self.show([])

    def show(self, history, now=None):
        """Draw the losses of all steps in `history`. `now`: those of the picture as it is, by name, for the legend.

        A step has the losses of the picture that it began with, which is no longer the one that is seen.
        """
        shown = np.unique(np.linspace(0, len(history) - 1, min(len(history), POINTS)).round().astype(int))
        steps = [history[i] for i in shown]
        values = {'content': [step.content_loss for step in steps], 'style': [step.style_loss for step in steps],
                  'TV': [step.tv_l for step in steps], 'sum': [step.total_loss for step in steps]}
        least = ZERO * max((step.total_loss for step in steps), default=1)
        self._scale(len(history), [l for losses in values.values() for l in losses if l > least])
        for name, line in self.lines.items():
            y = np.array(values[name] or [1.0])
            with line.hold_sync():
                line.x, line.y = (shown if len(shown) else np.zeros(1)), np.where(y > least, y, math.nan)
        self.legend.value = '<div class="d2l-legend">' + ''.join(
            f'<span><svg width="22" height="8" aria-hidden="true"><line x1="0" y1="4" x2="22" y2="4" stroke="{colour}" '
            f'stroke-width="3" stroke-dasharray="{dashes}"/></svg> {name} <output class="d2l-{name}">'
            f'{short(now[name] if now else values[name][-1]) if steps else "–"}</output></span>'
            for (name, (colour, _)), dashes in zip(CURVES.items(), ('', '6 4', '2 3', '7 3 2 3'))) + '</div>'

    def _scale(self, epochs, losses):
        """Axes from 0 to the last epoch, and between round numbers, so that they change seldom."""
        steps = round_numbers(min(losses, default=1), max(losses, default=1000))
        last = max(10, -(-epochs // 50) * 50)
        if self.scales['x'].max != last:
            self.columns.tick_values = ticks = np.linspace(0, last, 6)
            self.columns.tick_labels = tick_labels(ticks)
            self.scales['x'].max = float(last)
        if (self.scales['y'].min, self.scales['y'].max) != (steps[0], steps[-1]):
            powers = [number for number in steps if f'{number:e}'.startswith('1')]
            self.rows.tick_values = shown = np.array(powers if len(powers) > 2 else steps)
            self.rows.tick_labels = tick_labels(shown)
            with self.scales['y'].hold_sync():
                self.scales['y'].min, self.scales['y'].max = steps[0], steps[-1]


def round_numbers(low, high):
    """1, 2 and 5 times the powers of ten, from the last below `low` to the first above `high`, three at the least."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    found = [float(f'{digit}e{power}') for power in powers for digit in (1, 2, 5)]
    first = max(i for i, number in enumerate(found) if number <= low)
    return found[first:max(first + 2, next(i for i, number in enumerate(found) if number >= high)) + 1]


def tick_labels(ticks):
    """What bqplot writes at `ticks`, whole numbers and powers of ten: {a number as JavaScript writes it: our text}."""
    return {f'{tick:.0f}' if tick >= 1 or not tick else np.format_float_positional(tick, trim='-') if tick >= 1e-6
            else f'1e{math.log10(tick):.0f}': written(tick) for tick in ticks}


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


def weighted_losses(measured, weights):
    """The losses of a `Measured` times their weights, in the same order."""
    kinds = [kind for kind, _ in measured.layers]
    factors = [weights.content] * kinds.count('content') + weights.style_layers(kinds.count('style')) + [weights.tv]
    return [factor * l for factor, l in zip(factors, measured.losses)]


def sums(measured, weights):
    """The weighted losses of a `Measured` by the names of the curves."""
    found = dict.fromkeys(CURVES, 0)
    for (kind, _), l in zip(measured.layers, weighted_losses(measured, weights)):
        found[kind] += l
        found['sum'] += l
    return found


def bars_html(measured, weights):
    """A table of the losses of each layer, as numbers and as bars on a logarithmic scale."""
    weighted = weighted_losses(measured, weights)
    top = int(np.argmax(weighted))
    rows = [f'<tr{" class=d2l-top" if i == top else ""}><th scope="row">{kind} {name}</th>'
            f'{_bar(l, CURVES[kind][0])}{_bar(w, CURVES[kind][0])}</tr>'
            for i, ((kind, name), l, w) in enumerate(zip(measured.layers, measured.losses, weighted))]
    most, whole = ' '.join(measured.layers[top]).strip(), sum(weighted)
    counts = f'Counts most now: <b>{most}</b>, {weighted[top] / whole:.0%} of the sum.' if whole else 'No loss counts.'
    return ('<table class="d2l-bars"><thead><tr><th>loss</th><th colspan="2">before weighting</th>'
            f'<th colspan="2">after weighting</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
            f'<p class="d2l-note">{counts} The scale is logarithmic: a tenth more is about 13 times as much.</p>')


def _bar(value, colour):
    low, high = RANGE
    width = 100 * np.clip((math.log10(value) - low) / (high - low), 0, 1) if value > 0 else 0
    return (f'<td class="d2l-number">{short(value)}</td><td class="d2l-track">'
            f'<div style="width:{width:.0f}%;background:{colour}"></div></td>')
