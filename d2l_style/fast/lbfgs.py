"""L-BFGS: learn from the last steps how the loss curves, and step accordingly.

Not in the chapter; Gatys et al. 2016 used it. After J. Nocedal, S. J. Wright, *Numerical
Optimization*, 2nd edition, algorithms 7.4 and 7.5. SciPy has one, but keeps the loop to itself (no
one could watch or pause it), and makes Python objects for each of a picture's million numbers.
"""
import numpy as np

DECREASE = 1e-4  # of what the slope promises; a step that lowers the loss by less is too long (eq. 3.4)
TRIALS = 10  # shorter and shorter steps before giving up


def lbfgs(measure, x, precondition=lambda v: v, pairs=40, first_step=0.1, longest_step=0.25):
    """Minimise, as a generator that yields `(x, loss, accepted)` after every evaluation.

    `measure(x)`: loss, a float, and gradient, like `x`: an array of `float32`. `precondition(v)`: a
    guess of the inverse curvature times `v`, linear, symmetric and positive. `pairs`: how many steps
    are remembered, each in the memory of two `x`. `first_step`: root mean square of a step when
    nothing is known of the curvature; `longest_step`: of any other. `accepted`: the loss is lower
    and the step is kept; else a shorter one is tried. Ends when none lowers the loss.
    """
    loss, gradient = measure(x)
    yield x, loss, True
    memory = []
    while True:
        direction = _direction(gradient, memory, precondition)
        slope = _dot(gradient, direction)
        rms = np.sqrt(np.square(direction).mean()) + 1e-30
        length = min(1, longest_step / rms) if memory else first_step / rms
        for _ in range(TRIALS if slope < 0 else 0):  # not below 0 by rounding only
            new_x = x + np.float32(length) * direction
            new_loss, new_gradient = measure(new_x)
            accepted = new_loss < loss and new_loss <= loss + DECREASE * length * slope
            yield new_x, new_loss, accepted
            if accepted:
                break
            # where the parabola through both losses and the slope is lowest, within reason
            lowest = -slope * length ** 2 / (2 * (new_loss - loss - slope * length))
            length = np.clip(lowest, 0.1 * length, 0.5 * length)
        else:
            if not memory:
                return
            memory = []  # what was learnt does not hold here: start with the gradient again
            continue
        step, change = new_x - x, new_gradient - gradient
        if _dot(step, change) > 0:  # else the loss curves downwards, and the pair would mislead
            memory = [*memory, (step, change)][-pairs:]
        x, loss, gradient = new_x, new_loss, new_gradient


def _direction(gradient, memory, precondition):
    """Minus the inverse curvature times the gradient, as far as the remembered steps tell (algorithm 7.4)."""
    q, shares = gradient.copy(), []
    for step, change in reversed(memory):
        share = _dot(step, q) / _dot(step, change)
        q -= np.float32(share) * change
        shares.append(share)
    q = precondition(q)
    if memory:
        step, change = memory[-1]
        q *= np.float32(_dot(step, change) / _dot(change, precondition(change)))
    for (step, change), share in zip(memory, reversed(shares)):
        q += np.float32(share - _dot(change, q) / _dot(step, change)) * step
    return -q


def _dot(a, b):
    return float(np.vdot(a, b))
