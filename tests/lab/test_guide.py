from d2l_style.lab.guide import LEAST
from d2l_style.lab.help import EXPERIMENTS

from .conftest import press

HIDDEN = 'visibility: hidden'


def test_a_prediction_is_kept_until_the_run_is_over_and_then_stands_beside_what_is_seen(lab):
    trial, other = lab.guide.trials[:2]
    trial.start.click()
    assert lab.worker.wait()
    kept = trial.seen.value
    trial.guess.value = EXPERIMENTS[0].guesses[1]
    press(lab, 'Step')  # paused, but not over
    assert trial.seen.value == kept and HIDDEN in kept and not trial.guess.disabled
    lab.training.stop.value = 3
    press(lab, 'Run')
    assert lab.worker.state == 'finished'
    assert HIDDEN not in trial.seen.value and trial.guess.disabled
    assert f'<b>Expected</b><br>{EXPERIMENTS[0].guesses[1]}' in trial.seen.value
    assert f'<b>Seen</b><br>{EXPERIMENTS[0].watch}' in trial.seen.value
    assert HIDDEN in other.seen.value
    trial.start.click()
    assert lab.worker.wait()
    assert trial.seen.value == kept and not trial.guess.disabled


def test_a_pause_ends_an_experiment_that_has_gone_far_enough_and_a_run_thrown_away_does_not(lab):
    trial = lab.guide.trials[0]
    trial.start.click()
    assert lab.worker.wait()
    lab.worker.run(LEAST)
    assert lab.worker.wait() and lab.worker.state == 'paused'
    assert 'you did not say' in trial.seen.value and HIDDEN not in trial.seen.value
    trial.start.click()
    press(lab, 'Start over')
    lab.training.stop.value = 2
    press(lab, 'Run')
    assert HIDDEN in trial.seen.value
