"""Which cell of a student's is which cell of the assignment: by what it defines, by ids, by words, by its place."""
from difflib import SequenceMatcher

from cell_code import defined, same
from reading import AGAIN, Unreadable


def match(cells, assignment):
    """{position in the assignment: positions in `cells`}, by what they define, by ids, by words, by their places.

    Raises `Unreadable` where nothing but the names of functions, which other notebooks have too, tells the assignment.
    """
    found = {where: [] for where in range(len(assignment.cells))}
    free = dict(enumerate(cells))
    told = _match_by_id(found, free, assignment)
    told += _match_by_text(found, free, assignment)
    if not told:
        raise Unreadable(_no_exercises(cells, assignment))
    _match_by_place(found, free, assignment)
    return {where: sorted(own) for where, own in found.items()}


def _no_exercises(cells, assignment):
    """What a notebook is that has no cell of the exercises."""
    titles = [next((one.source.strip().splitlines()[0].lstrip('# ') for one in some if one.source.strip()), '')
              for some in (cells, assignment.cells)]
    if not titles[0]:
        return f'is another notebook, without a word in it, not the exercises: {AGAIN} of the exercises'
    if titles[0] == titles[1]:
        return f'begins as the exercises do, but has none of their cells: {AGAIN} again'
    return f'is another notebook ("{titles[0][:60]}"), not the exercises: {AGAIN} of the exercises'


def _match_by_id(found, free, assignment):
    """Cells that say what they are, in code or metadata; returns how many of them only the assignment has."""
    of_id = {cell.id: where for where, cell in enumerate(assignment.cells)}
    told = 0
    for own, cell in list(free.items()):
        settings = cell.metadata.get('nbgrader')
        by_grader = assignment.at.get(settings.get('grade_id')) if isinstance(settings, dict) and isinstance(
            settings.get('grade_id'), str) else None
        by_id = of_id.get(cell.id)
        says = by_grader if by_grader is not None else by_id
        defines = [where for where in assignment.solutions if assignment.names[where] & defined(cell.source)]
        if says in assignment.solutions or says is None:
            says = says if says in defines or not defines else defines[0]
        if says is None or (not assignment.settings[says] and assignment.cells[says].cell_type != cell.cell_type):
            continue
        told += by_grader is not None or (by_id is not None and bool(assignment.settings[by_id])) or any(
            assignment.cells[where].source.splitlines()[1] in cell.source for where in defines)
        found[says].append(own)
        del free[own]
    return told


def _match_by_text(found, free, assignment):
    """Cells that have the words of a released one; returns how many."""
    told = 0
    for where, released in enumerate(assignment.cells):
        if found[where]:
            continue
        alike = [own for own, cell in free.items() if _has_words(cell, released, bool(assignment.settings[where]))]
        if alike:
            found[where].append(alike[0])
            cells_text = free.pop(alike[0]).source
            told += len(released.source) > 100 and same(cells_text, released.source)
    return told


def _has_words(cell, released, graded):
    text, words = cell.source.strip(), released.source.strip()
    if same(text, words):
        return True
    if not graded and cell.cell_type != released.cell_type:
        return False
    mark = words.splitlines()[-1] if released.cell_type == 'code' else words[:60]  # what is asked, of a question
    if graded and len(mark) > 10 and mark in text:
        return True
    matcher = SequenceMatcher(None, text.splitlines(), words.splitlines(), autojunk=False)
    return len(words.splitlines()) > 3 and matcher.real_quick_ratio() > 0.6 and matcher.ratio() > 0.6


def _match_by_place(found, free, assignment):
    """A task that was not found is what stands between its neighbours, is of its kind and belongs to no other."""
    for where in assignment.tasks:
        if found[where]:
            continue
        above = [other for other in range(where) if found[other]]
        if any(other in assignment.tasks for other in range(max(above, default=-1) + 1, where)):
            continue  # two are missing here, and this could be either
        before = max(found[above[-1]]) if above else -1
        after = min((min(own) for other, own in found.items() if own and other > where), default=before)
        kind = assignment.cells[where].cell_type
        between = [own for own, cell in free.items() if before < own < after and cell.cell_type == kind]
        if between:
            found[where].append(between[-1])
            del free[between[-1]]
