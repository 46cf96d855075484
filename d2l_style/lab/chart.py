"""Chart: lines on a logarithmic axis, as HTML. Letters are of the page's size, and lines as wide as there is room."""
import math

import numpy as np

from .digits import written

SIDE = 1000  # units of the drawing, which the page stretches


def chart_html(lines, last, steps, label):
    """A chart from 0 to `last`, and from the first to the last of the round numbers `steps`.

    `lines`: (x, y, colour, dashes), with NaN where there is a gap. `label`: what a screen reader says.
    """
    low, high = math.log10(steps[0]), math.log10(steps[-1])
    powers = [number for number in steps if f'{number:e}'.startswith('1')]
    rows = {SIDE - SIDE * (math.log10(number) - low) / (high - low): written(number)
            for number in (powers if len(powers) > 2 else steps)}
    columns = {SIDE * number / last: written(number) for number in np.linspace(0, last, 6)}
    grid = ''.join(f'<path d="M0 {y:.0f}h{SIDE}" class="d2l-grid"/>' for y in rows)
    paths = ''.join(f'<path d="{_path(np.asarray(x) * SIDE / last, y, low, high)}" stroke="{colour}" '
                    f'stroke-dasharray="{dashes}"/>' for x, y, colour, dashes in lines)
    return (f'<div class="d2l-chart" role="img" aria-label="{label}">'
            f'<svg viewBox="0 0 {SIDE} {SIDE}" preserveAspectRatio="none">{grid}{paths}</svg>'
            f'{"".join(_text("row", "top", y, text) for y, text in rows.items())}'
            f'{"".join(_text("column", "left", x, text) for x, text in columns.items())}'
            '<span class="d2l-axis">epoch</span></div>')


def _text(kind, side, place, text):
    return f'<span class="d2l-{kind}" style="{side}:{place / SIDE:.1%}">{text}</span>'


def _path(x, y, low, high):
    """The line through the points, in pieces where there are gaps; a point alone is a dot."""
    rows = SIDE - SIDE * (np.log10(y) - low) / (high - low)
    pieces, drawn = [], False
    for column, row in zip(x, rows):
        if not math.isnan(row):
            pieces.append(f'{"L" if drawn else "M"}{column:.0f} {row:.0f}' + 'h0' * (not drawn))
        drawn = not math.isnan(row)
    return ''.join(pieces)
