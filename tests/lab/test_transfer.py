import pytest

from .conftest import trained


def test_measured_losses_are_those_of_the_training(worker):
    trained(worker, 3)
    measured = worker.transfer.measure(worker.X)
    trained(worker, 1)  # its losses are those of the picture it started from
    step = worker.history[-1]
    assert measured.losses[0] == pytest.approx(step.content_loss, rel=1e-4)
    assert [1e3 * l for l in measured.losses[1:-1]] == pytest.approx(step.styles_l, rel=1e-3)
    assert 10 * measured.losses[-1] == pytest.approx(step.tv_l, rel=1e-4)
