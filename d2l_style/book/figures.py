"""Figures: what a figure of matplotlib shows in words, its own, which a notebook stores beside the picture."""
from IPython import get_ipython


def describe_figures():
    """Have every figure that this notebook shows from now on carry its description, as metadata of the output.

    Outside of a notebook nothing happens.
    """
    shell = get_ipython()
    if shell:  # by name: whoever draws nothing need not wait for matplotlib
        shell.display_formatter.mimebundle_formatter.for_type_by_name('matplotlib.figure', 'Figure', _metadata)


def _metadata(figure, **_):
    """No picture, that is matplotlib's: what IPython adds to it."""
    return {}, {'alt': description(figure)}


def description(figure):
    """What `figure` shows, by the titles, labels and legends in it, each said once."""
    found = [figure.get_suptitle(), *map(_words, figure.axes)]
    return f'Figure: {"; ".join(dict.fromkeys(filter(None, found))) or "a picture"}.'


def _words(axes):
    legend = axes.get_legend()
    lines = f'lines {", ".join(text.get_text() for text in legend.get_texts())}' if legend else ''
    found = axes.get_title(), axes.get_ylabel(), axes.get_xlabel() and f'over {axes.get_xlabel()}', lines
    return ', '.join(' '.join(text.split()) for text in found if text)
