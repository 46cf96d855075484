from d2l_style.lab import style_lab
from d2l_style.lab.cells import on_interrupt
from d2l_style.lab.drawing import picture_png
from d2l_style.lab.panel import Panel
from d2l_style.lab.watch import APP, LAB, NOTEBOOK

import signal
from types import SimpleNamespace

import numpy as np
import pytest

from ..waiting import wait_for


def test_a_lab_beats_until_it_is_closed():
    lab = style_lab(image_shape=(48, 32))
    before = lab.watch.beat
    wait_for(lambda: lab.watch.beat > before)
    lab.close()
    assert not lab.watch._thread.is_alive()


def test_a_panel_beats_once_it_is_shown():
    panel = Panel([], picture_png(np.zeros((60, 400, 3), 'uint8')), 'about')
    for _ in range(2):
        panel._repr_mimebundle_()
    wait_for(lambda: panel.watch.beat)
    panel.close()
    assert not panel.watch._thread.is_alive()


@pytest.mark.parametrize('words', [NOTEBOOK, LAB, APP])
def test_it_says_what_to_do(words):
    assert set(words) == {'over', 'cut', 'quiet'}
    assert all('again (menu “Run”)' in text or 'Reload the page' in text for text in words.values())


def test_an_interrupt_while_no_cell_runs_does_the_work(monkeypatch):
    done, kernel = [], SimpleNamespace(saved_sigint_handler=signal.SIG_IGN)
    monkeypatch.setattr('d2l_style.lab.cells.get_ipython', lambda: SimpleNamespace(kernel=kernel))
    on_interrupt(lambda: done.append(1))
    kernel.saved_sigint_handler(signal.SIGINT, None)
    assert done == [1]
