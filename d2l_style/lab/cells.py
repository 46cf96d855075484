"""Cells: what a cell of a notebook has made is closed when the cell is run again."""
import threading

from IPython import get_ipython

_made = {}  # {cell: (its execution, what that has made)}


def on_interrupt(work):
    """Have `work()` done when the kernel is interrupted (■) while no cell runs, which nothing listens to otherwise.

    A cell that runs is interrupted as ever.
    """
    shell = get_ipython()
    kernel = getattr(shell, 'kernel', None)
    if hasattr(kernel, 'saved_sigint_handler') and threading.current_thread() is threading.main_thread():
        kernel.saved_sigint_handler = lambda *_: work()  # ipykernel takes it when the cell has ended


def belongs_to_cell(live, kind=None):
    """Note that the cell that is running has made `live`, and close what it had made when it was run before.

    JupyterLab says which cell runs. Where the front end does not, a cell is known by its code; or, of what computes
    by itself, by its `kind`: then one cell's at a time is alive, since code that was changed looks like another cell.
    Outside of a notebook nothing is closed.
    """
    found = _running(kind)
    if not found:
        return
    cell, execution = found
    before, made = _made.get(cell, (None, []))
    if before != execution:
        for old in made:
            old.close()
        made = []
    _made[cell] = execution, [*made, live]


def running_cell():
    """The cell that is running, where the front end says which, or ''."""
    try:
        return get_ipython().kernel.get_parent('shell')['metadata'].get('cellId') or ''
    except (AttributeError, KeyError, TypeError):
        return ''


def _running(kind):
    """(which cell is running, which execution of it), or None."""
    try:
        request = get_ipython().kernel.get_parent('shell')
        cell = request['metadata'].get('cellId') or kind or request['content']['code']
        return cell, request['header']['msg_id']
    except (AttributeError, KeyError, TypeError):
        return None
