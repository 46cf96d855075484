"""The released notebook: which of its cells are solutions, open questions and checks."""
from cell_code import defined
from preprocessors import EXPERIMENT


class Assignment:
    """The released notebook; a cell of it is called by its position."""

    def __init__(self, released):
        self.cells = released.cells
        self.settings = [cell.metadata.get('nbgrader', {}) for cell in self.cells]
        known = [where for where, settings in enumerate(self.settings) if settings]
        self.at = {self.settings[where]['grade_id']: where for where in known}
        self.solutions = [where for where in known if self._is(where, solution=True, grade=False)]
        self.questions = [where for where in known if self._is(where, solution=True, grade=True)]
        self.tasks = sorted(self.solutions + self.questions)
        self.checks = [where for where in known if self._is(where, solution=False, grade=True)]
        self.imports = [where for where, cell in enumerate(self.cells) if self._sets_up(where, cell)]
        self.fixed = {*known, *self.imports} - {*self.tasks}  # run as released, whatever became of them
        self.names = {where: defined(self.cells[where].source) for where in self.solutions}

    def _is(self, where, **settings):
        return all(self.settings[where].get(name) == value for name, value in settings.items())

    def _sets_up(self, where, cell):
        """Whether a cell is neither text, nor graded, nor an experiment: the imports."""
        return cell.cell_type == 'code' and not self.settings[where] and EXPERIMENT not in cell.metadata.get('tags', [])

    def checks_of(self, where):
        """The checks between the solution at `where` and the next one."""
        after = [other for other in self.solutions if other > where]
        return [check for check in self.checks if where < check < min(after, default=len(self.cells))]

    def points(self, where):
        """What can be lost with the cell at `where`."""
        counted = [where] if where in self.questions else self.checks_of(where)
        return sum(self.settings[one]['points'] for one in counted)

    def name(self, where):
        """What a remark calls a cell."""
        name = self.settings[where].get('grade_id', '')
        check = f'the check of `{name.removeprefix("check_")}`' if where in self.checks else ''
        return check or (f'`{name}`' if name else 'the imports at the top')
