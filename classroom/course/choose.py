"""What counts of a student's cells: what was written last before its check, in one cell, in halves or elsewhere."""
from dataclasses import dataclass, field

from assignment import Assignment
from cell_code import compiles, defined, definitions, same
from match import match
from reading import Unreadable, read_cells

HALVES = 4  # cells that a split solution is looked for in


@dataclass
class Work:
    """A student's cells, which of them belong to which cell of the assignment, and what becomes of them."""

    cells: list
    assignment: Assignment
    found: dict = field(init=False)  # released position: positions of the student's cells, in their order
    text: dict = field(default_factory=dict)  # released position: source, where it is not that of the last one found
    chosen: dict = field(default_factory=dict)  # released position: the student's cell that stands there
    left_out: set = field(default_factory=set)  # the student's cells that are in another one now
    said: dict = field(default_factory=dict)  # what was done: the names of the cells
    remarks: list = field(default_factory=list)  # other sentences
    attachments: dict = field(default_factory=dict)  # released position: pictures of an answer that stood elsewhere

    def __post_init__(self):
        self.found = match(self.cells, self.assignment)

    def say(self, what, where):
        """Keep for the remarks that `what` was done to the released cell at `where`."""
        self.said.setdefault(what, []).append(where)

    def is_written(self, own, where):
        """Whether there is more in a student's cell than in the released one."""
        return bool(self.cells[own].source.strip()) and not same(self.cells[own].source,
                                                                 self.assignment.cells[where].source)

    def is_untouched(self):
        """Whether nothing was written in any task."""
        return not self.text and not any(self.is_written(own, where) for where in self.assignment.tasks
                                         for own in self.found[where])

    def cell_name(self, own):
        """What a sentence calls a cell of the student's."""
        for where, found in self.found.items():
            if own in found and self.assignment.settings[where]:
                return self.assignment.name(where)
        cell = self.cells[own]
        first = next((line.strip() for line in cell.source.splitlines() if line.strip()), '')
        return f'the {"cell" if cell.cell_type == "code" else "text"} that begins "{first[:40]}"'

    def is_free(self, own):
        """Whether the student's cell `own` is there and none of the assignment's."""
        return own < len(self.cells) and not any(own in found for found in self.found.values())

    def end_of(self, where):
        """The position of the student's cell before which the solution at `where` has to run: its check's, or so."""
        after = [self.found[check][-1] for check in self.assignment.checks_of(where)[:1] if self.found[check]]
        return min(after, default=len(self.cells))


def choose_solution(work, where):
    """The code that counts: the last that was written before its check, also in halves or in another cell."""
    assignment, found = work.assignment, work.found[where]
    halves = _halves(work, where)
    if halves:
        work.text[where] = '\n'.join(work.cells[own].source for own in halves)
        work.chosen[where] = halves[0]
        work.left_out.update(halves[1:])
        work.say('stood in several cells, which were joined', where)
        return
    ready = [own for own in found if work.is_written(own, where)]
    before = [own for own in ready if own < work.end_of(where)]
    work.left_out.update(own for own in found if own not in ready)  # else what is empty runs after what is written
    if ready:
        work.chosen[where] = (before or ready)[-1]
        if len(ready) > 1:
            work.say('was there more than once: the last before its check counts', where)
        elif not before:
            work.say('was written below its check, and runs before it', where)
        return
    if found:
        work.chosen[where] = found[-1]
    elsewhere = _elsewhere(work, where)
    if elsewhere:
        work.text[where] = elsewhere
        work.say('was written in another cell, which counts', where)
    elif not found and assignment.points(where):
        work.say('was not found, which costs its points', where)


def _halves(work, where):
    """Cells that are a solution only together, in a row but for texts of the student's between them, or ()."""
    names = work.assignment.names[where]
    for first in work.found[where]:
        row, own = [first], first + 1
        while len(row) < HALVES and (own in work.found[where] or work.is_free(own)):
            if work.cells[own].cell_type == 'code' or own in work.found[where]:
                row.append(own)
                parts = [work.cells[one].source for one in row]
                whole = '\n'.join(parts)
                if not all(map(compiles, parts)) and compiles(whole) and names <= defined(whole):
                    return row
            own += 1
    return ()


def _elsewhere(work, where):
    """The lines that define what the solution at `where` has to, from other cells of the student's, or ''."""
    names = work.assignment.names[where]
    cells = [(own, cell) for own, cell in enumerate(work.cells) if own not in work.found[where] and
             cell.cell_type == 'code' and names & defined(cell.source)]
    before = [(own, cell) for own, cell in cells if own < work.end_of(where)]
    if not cells:
        return ''
    own, cell = (before or cells)[-1]
    return cell.source if work.is_free(own) else definitions(cell.source, names)  # not a whole experiment


def written(content, released):
    """How much of an assignment there is in a file: (solutions and questions that were found, that were written)."""
    try:
        cells, _ = read_cells(content)
        work = Work(cells, Assignment(released))
    except Unreadable:
        return 0, 0
    filled = [where for where in work.assignment.tasks if any(work.is_written(own, where) for own in work.found[where])]
    return sum(bool(work.found[where]) for where in work.assignment.tasks), len(filled)
