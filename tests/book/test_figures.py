from d2l_style.book import figures
from d2l_style.book.figures import description

import re
from types import SimpleNamespace

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
    assert description(drawn()) == 'Figure: content <image> mountain lake; loss, over epoch, lines TV.'
    assert description(Figure()) == 'Figure: a picture.'


def test_a_figure_in_a_notebook_says_what_it_shows(monkeypatch):
    shown, shell = [], SimpleNamespace(display_formatter=DisplayFormatter())
    monkeypatch.setattr(figures, 'get_ipython', lambda: shell)
    monkeypatch.setattr(figures, 'display', lambda data, raw: shown.append(data))
    figures.describe_figures()
    for kind, mime, start in (('png', 'image/png', 'iVBOR'), ('jpeg', 'image/jpeg', '/9j/')):
        select_figure_formats(shell, [kind])  # as %matplotlib inline does, later than we
        assert shell.display_formatter.format(drawn()) == ({}, {})
        alt, source = re.fullmatch('<img alt="(.*?)" src="(.*?)">', shown.pop()['text/html']).groups()
        assert alt == 'Figure: content &lt;image&gt; mountain lake; loss, over epoch, lines TV.'
        assert source.startswith(f'data:{mime};base64,{start}')
    assert not shown
