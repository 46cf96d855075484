from d2l_style import Weights
from d2l_style.lab.digits import short
from d2l_style.lab.loss_views import Curves, bars_html, round_numbers, sums, tick_labels, weighted_losses

import re

import numpy as np

from .conftest import trained


def test_curves_show_every_loss_and_skip_what_a_logarithm_cannot(worker):
    curves = Curves()
    assert '–' in curves.legend.value
    trained(worker, 2)
    trained(worker, 2, weights=Weights(tv=0))
    curves.show(worker.history)
    assert curves.lines['style'].y.tolist() == [step.style_loss for step in worker.history]
    assert np.isnan(curves.lines['TV'].y[2:]).all()
    assert curves.scales['y'].max >= max(step.total_loss for step in worker.history)
    assert short(worker.history[-1].style_loss) in curves.legend.value
    measured = worker.transfer.measure(worker.X)
    curves.show(worker.history, sums(measured, Weights()))  # the legend is of the picture that is seen
    total = sum(weighted_losses(measured, Weights()))
    assert short(total) in curves.legend.value and total != worker.history[-1].total_loss
    curves.show(worker.history * 1000)
    assert len(curves.lines['sum'].y) == 300
    assert curves.scales['x'].max == 4000


def test_the_axis_keeps_to_what_the_run_shows_and_leaves_out_what_is_0(worker):
    assert round_numbers(0.3, 700) == [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    assert round_numbers(20, 20) == [20, 50, 100]
    assert round_numbers(1e-9, 3e-9) == [1e-9, 2e-9, 5e-9]
    trained(worker, 5)
    assert 0 <= worker.history[0].content_loss < 1e-6  # the content image itself
    curves = Curves()
    curves.show(worker.history)
    found = [loss for step in worker.history for loss in (step.content_loss, step.style_loss, step.tv_l)]
    losses = [loss for loss in found if loss > 1e-3]
    assert min(losses) / 2.5 <= curves.scales['y'].min <= min(losses)
    most = max(step.total_loss for step in worker.history)
    assert most <= curves.scales['y'].max <= 2.5 * most
    assert np.isnan(curves.lines['content'].y[0]) and not np.isnan(curves.lines['content'].y[1:]).any()


def test_axes_write_numbers_as_the_lab_does():
    labels = tick_labels([0, 1e-7, 1e-3, 1, 1000, 50_000, 1e6])
    assert labels == {'0': '0', '1e-7': '1e-7', '0.001': '0.001', '1': '1', '1000': '1000',
                      '50000': '50\u202f000', '1000000': '1e6'}


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
