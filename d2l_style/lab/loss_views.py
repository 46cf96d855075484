"""Loss views: the losses of a run, as curves over the epochs and as bars of each layer. None of them computes one."""
import math

import numpy as np

from . import parts as widgets
from .chart import chart_html
from .digits import short

# Colours with a contrast of 3 or more on both themes of JupyterLab; dashes for those who see none
CURVES = {'content': ('#3b82d6', ''), 'style': ('#d9690f', '6 4'), 'TV': ('#2a9d5a', '2 3'),
          'sum': ('#858585', '7 3 2 3')}
ZERO = 1e-6  # of the largest loss: what is less is 0 but for rounding, as the first content loss
POINTS = 300  # of a curve: more than that are not seen
RANGE = -6, 5  # of the bars, as powers of ten


class Curves(widgets.VBox):
    """The three weighted losses and their sum over the epochs, on a logarithmic axis."""

    def __init__(self):
        self.chart = widgets.HTML()
        super().__init__([self.chart])
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
        texts = {name: short(now[name] if now else losses[-1]) if steps else '–' for name, losses in values.items()}
        least = ZERO * max((step.total_loss for step in steps), default=1)
        seen = [l for losses in values.values() for l in losses if l > least]
        lines = [(shown, np.where(np.array(values[name]) > least, values[name], math.nan), colour, dashes)
                 for name, (colour, dashes) in CURVES.items()]
        label = 'weighted losses over the epochs: ' + ', '.join(f'{name} {text}' for name, text in texts.items())
        self.chart.value = _legend(texts) + chart_html(
            lines, max(10, -(-len(history) // 50) * 50), round_numbers(min(seen, default=1), max(seen, default=1000)),
            label)


def _legend(texts):
    lines = ''.join(
        f'<span><svg width="22" height="8" aria-hidden="true"><line x1="0" y1="4" x2="22" y2="4" stroke="{colour}" '
        f'stroke-width="3" stroke-dasharray="{dashes}"/></svg> {name} <output class="d2l-{name}">{texts[name]}</output>'
        '</span>' for name, (colour, dashes) in CURVES.items())
    return f'<div class="d2l-legend"><b>weighted losses</b>{lines}</div>'


def round_numbers(low, high):
    """1, 2 and 5 times the powers of ten, from the last below `low` to the first above `high`, three at the least."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    found = [float(f'{digit}e{power}') for power in powers for digit in (1, 2, 5)]
    first = max(i for i, number in enumerate(found) if number <= low)
    return found[first:max(first + 2, next(i for i, number in enumerate(found) if number >= high)) + 1]


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
            f'<p class="d2l-note">{counts} The bars are logarithmic: a little longer is much more.</p>')


def _bar(value, colour):
    low, high = RANGE
    width = 100 * np.clip((math.log10(value) - low) / (high - low), 0, 1) if value > 0 else 0
    return (f'<td class="d2l-number">{short(value)}</td><td class="d2l-track">'
            f'<div style="width:{width:.0f}%;background:{colour}"></div></td>')
