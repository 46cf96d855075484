"""Source: the package's own code, shown in a notebook beside what it does."""
import inspect

from IPython.display import Markdown


def show_source(*functions):
    """The source code of functions or classes, to be displayed in a notebook."""
    return Markdown('\n'.join(f'```python\n{inspect.getsource(function)}```' for function in functions))
