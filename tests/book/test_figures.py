from d2l_style.book import figures
from d2l_style.book.figures import description

from types import SimpleNamespace

import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.pylabtools import select_figure_formats
from matplotlib.figure import Figure


def drawn():
    figure = Figure(figsize=(2, 1))
    left, right = figure.subplots(1, 2)
    left.set_title('content <image>\nmountain lake')
    right.plot([1, 2], label='TV')
    right.set(xlabel='epoch', ylabel='loss')
    right.legend()
    return figure


def test_a_figure_is_described_by_its_own_words():
    figure = drawn()
    assert description(figure) == 'Figure: content <image> mountain lake; loss, over epoch, lines TV.'
    figure.suptitle('two of them')
    assert description(figure).startswith('Figure: two of them; content')
    assert description(Figure()) == 'Figure: a picture.'


@pytest.mark.parametrize(('kind', 'start'), [('png', 'iVBOR'), ('jpeg', '/9j/')])
def test_a_figure_that_a_notebook_shows_keeps_its_picture_and_has_a_description(monkeypatch, kind, start):
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    monkeypatch.setattr(figures, 'get_ipython', lambda: shell)
    figures.describe_figures()
    select_figure_formats(shell, [kind])  # as %matplotlib inline does, later than we
    data, metadata = shell.display_formatter.format(drawn())
    assert data[f'image/{kind}'].startswith(start)
    assert metadata == {'alt': 'Figure: content <image> mountain lake; loss, over epoch, lines TV.'}
