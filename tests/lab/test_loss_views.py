from d2l_style import Weights
from d2l_style.lab.chart import chart_html
from d2l_style.lab.digits import short
from d2l_style.lab.loss_views import CURVES, Curves, bars_html, round_numbers, sums, weighted_losses

import re

import numpy as np

from .conftest import trained


def paths(curves):
    """The lines of the chart: (stroke, points as (x, y)), y growing downwards."""
    found = re.findall(r'<path d="([^"]*)" stroke="(#\w+)"', curves.chart.value)
    return {stroke: re.findall(r'[ML](\d+) (\d+)', path) for path, stroke in found}


def line(curves, name):
    return paths(curves)[CURVES[name][0]]


def texts(curves, kind):
    return re.findall(rf'class="d2l-{kind}" style="[^"]*">(.*?)<', curves.chart.value)


def test_curves_show_every_loss_and_skip_what_a_logarithm_cannot(worker):
    curves = Curves()
    assert '–' in curves.chart.value
    trained(worker, 2)
    trained(worker, 2, weights=Weights(tv=0))
    curves.show(worker.history)
    assert [x for x, _ in line(curves, 'style')] == ['0', '20', '40', '60']  # thousandths of 50 epochs
    assert [x for x, _ in line(curves, 'TV')] == ['0', '20']
    assert f'<output class="d2l-style">{short(worker.history[-1].style_loss)}</output>' in curves.chart.value
    measured = worker.transfer.measure(worker.X)
    curves.show(worker.history, sums(measured, Weights()))  # the legend is of the picture that is seen
    total = sum(weighted_losses(measured, Weights()))
    assert f'sum {short(total)}"' in curves.chart.value and total != worker.history[-1].total_loss
    curves.show(worker.history * 1000)
    assert len(line(curves, 'sum')) == 300
    assert texts(curves, 'column') == ['0', '800', '1600', '2400', '3200', '4000']


def test_a_line_is_where_its_losses_are():
    page = chart_html([([0, 5, 10], np.array([1, 100, 10]), '#123', '')], 10, [1, 2, 5, 10, 20, 50, 100], 'a line')
    assert 'd="M0 1000h0L500 0L1000 500" stroke="#123"' in page
    assert re.findall(r'd2l-row" style="top:(.*?)">(.*?)<', page) == [('100.0%', '1'), ('50.0%', '10'), ('0.0%', '100')]


def test_the_axis_keeps_to_what_the_run_shows_and_leaves_out_what_is_0(worker):
    assert round_numbers(0.3, 700) == [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    assert round_numbers(20, 20) == [20, 50, 100]
    assert round_numbers(1e-9, 3e-9) == [1e-9, 2e-9, 5e-9]
    trained(worker, 5)
    assert 0 <= worker.history[0].content_loss < 1e-6  # the content image itself
    curves = Curves()
    curves.show(worker.history)
    assert [x for x, _ in line(curves, 'content')] == ['20', '40', '60', '80']
    rows = [int(y) for points in paths(curves).values() for _, y in points]
    assert min(rows) >= 0 and max(rows) <= 1000


def test_axes_write_numbers_as_the_lab_does():
    page = chart_html([], 50_000, [1e-7, 2e-7, 5e-7, 1e-3, 1, 1e6], 'nothing')
    assert re.findall(r'd2l-row" style="[^"]*">(.*?)<', page) == ['1e-7', '0.001', '1', '1e6']
    assert '>10\u202f000<' in page


def test_bars_tell_each_loss_before_and_after_weighting(worker):
    trained(worker, 3)
    weights = Weights(2, 500, 3, (1, 1, 4, 1, 0))
    measured = worker.transfer.measure(worker.X)
    table = bars_html(measured, weights)
    rows = dict(re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table))
    assert list(rows) == ['content conv4_4', *(f'style conv{k}_1' for k in range(1, 6)), 'TV ']
    for row, l, factor in zip(rows.values(), measured.losses, [2, 500, 500, 2000, 500, 0, 3]):
        before, after = re.findall(r'd2l-number">(.*?)</td>', row)
        assert (before, after) == (short(l), short(float(l * factor)))
