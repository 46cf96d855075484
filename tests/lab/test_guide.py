from d2l_style.lab.guide import Guide
from d2l_style.lab.help import EXPERIMENTS


def test_an_experiment_asks_before_it_tells(lab):
    guide = Guide(lab._experiment)
    guess, watch = guide.children[3:5]
    assert watch.value == ''
    guess.value = EXPERIMENTS[0].guesses[1]
    assert f'You expect: {EXPERIMENTS[0].guesses[1]}' in watch.value
    assert EXPERIMENTS[0].watch in watch.value
    guide.close()
