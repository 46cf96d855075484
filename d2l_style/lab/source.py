"""Source: the package's own code, shown in a notebook beside what it does."""
import inspect

from IPython.display import HTML, Code

LETTERS = 12  # pixels: our longest lines, of 120 letters, fit on a page of 1366 pixels


def show_source(*functions):
    """The source code of functions or classes, to be displayed in a notebook, in a fixed-width font on every page."""
    code = Code('\n\n'.join(inspect.getsource(function).rstrip() for function in functions), language='python')
    return HTML(code._repr_html_().replace('<pre>', f'<pre style="font-size: {LETTERS}px">'))
