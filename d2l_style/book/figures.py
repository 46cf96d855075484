"""Figures: a matplotlib figure of a notebook also says what it shows, to those who do not see it, in its own words."""
import html

from IPython import get_ipython
from IPython.display import display

MIMES = 'image/png', 'image/jpeg'


def describe_figures():
    """Have every figure that a notebook shows from now on carry a description.

    As HTML: neither JupyterLab nor nbconvert's pages look at the `alt` of a PNG's metadata. Outside of a notebook
    nothing happens.
    """
    shell = get_ipython()
    if shell:  # by name: whoever draws nothing need not wait for matplotlib
        shell.display_formatter.ipython_display_formatter.for_type_by_name('matplotlib.figure', 'Figure', _show)


def _show(figure):
    formatters, alt = get_ipython().display_formatter.formatters, description(figure)
    for mime in MIMES:
        data = formatters[mime](figure)
        if data:
            display({'text/html': f'<img alt="{html.escape(alt)}" src="data:{mime};base64,{data}">',
                     'text/plain': alt}, raw=True)


def description(figure):
    """What `figure` shows, by the titles, labels and legends in it."""
    return f'Figure: {"; ".join(filter(None, map(_words, figure.axes))) or "a picture"}.'


def _words(axes):
    legend = axes.get_legend()
    lines = f'lines {", ".join(text.get_text() for text in legend.get_texts())}' if legend else ''
    found = axes.get_title(), axes.get_ylabel(), axes.get_xlabel() and f'over {axes.get_xlabel()}', lines
    return ', '.join(' '.join(text.split()) for text in found if text)
