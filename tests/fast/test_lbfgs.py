from d2l_style.fast.lbfgs import lbfgs

from itertools import islice

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der


def bowl(curvatures):
    """A quadratic function with its minimum, 0, at 1."""
    def measure(x):
        return float((curvatures * (x - 1) ** 2).sum()), (2 * curvatures * (x - 1)).astype('float32')
    return measure


def test_it_finds_the_minimum_of_a_narrow_valley():
    curvatures = np.geomspace(1, 1000, 30, dtype='float32')
    x, loss, _ = list(islice(lbfgs(bowl(curvatures), np.zeros(30, 'float32')), 120))[-1]
    assert loss < 1e-6
    assert x == pytest.approx(np.ones(30), abs=1e-3)


def test_it_needs_about_as_many_evaluations_as_scipys():
    start = np.float32([-1.2, 1, -0.5, 0.8, 1.5, 0])
    ours = [loss for _, loss, _ in islice(
        lbfgs(lambda x: (float(rosen(x.astype('float64'))), rosen_der(x).astype('float32')), start), 400)]
    theirs = []

    def noted(x):
        theirs.append(rosen(x))
        return theirs[-1], rosen_der(x)

    minimize(noted, start.astype('float64'), jac=True, method='L-BFGS-B', options={'maxcor': 40})
    needed = [next(i for i, loss in enumerate(losses) if loss < 1e-3) for losses in (ours, theirs)]
    assert needed[0] <= 1.5 * needed[1]


def test_the_right_precondition_makes_it_quick():
    curvatures = np.geomspace(1, 1e5, 200, dtype='float32')
    plain, helped = (
        min(loss for _, loss, _ in islice(lbfgs(bowl(curvatures), np.zeros(200, 'float32'), precondition), 25))
        for precondition in (lambda v: v, lambda v: v / curvatures))
    assert helped < 1e-6 * plain


def test_accepted_steps_lower_the_loss_every_time():
    def wavy(x):  # curves downwards in places
        return float((np.sin(3 * x) + x ** 2 / 10).sum()), (3 * np.cos(3 * x) + x / 5).astype('float32')

    seen = list(islice(lbfgs(wavy, np.linspace(-4, 4, 50, dtype='float32')), 80))
    accepted = [loss for _, loss, good in seen if good]
    assert all(after < before for before, after in zip(accepted, accepted[1:]))
    assert len(accepted) > 10


def test_steps_are_no_longer_than_allowed():
    xs = [x for x, _, accepted in islice(lbfgs(bowl(np.ones(9, 'float32')), np.full(9, 50, 'float32')), 30) if accepted]
    lengths = [np.sqrt(np.square(b - a).mean()) for a, b in zip(xs, xs[1:])]
    assert lengths[0] == pytest.approx(0.1, rel=1e-4)
    assert max(lengths) <= 0.25 * (1 + 1e-4)


def test_it_ends_where_no_step_helps():
    def kink(x):  # the gradient says nothing about what lies behind the corner
        return float(abs(x).sum()), np.sign(x) + np.float32(1e-3)

    assert len(list(islice(lbfgs(kink, np.zeros(3, 'float32')), 100))) < 100
