"""Preprocessors for nbgrader: a submission is executed apart from everything else, and always to its end."""
import tempfile
import time

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearOutput, Execute
from traitlets import Integer

EXPERIMENT = 'experiment'  # a tag: cells that take long and earn no marks


def is_experiment(cell):
    """Whether `cell` is left out when marks are given: never one that nbgrader knows, whatever its tags say."""
    return EXPERIMENT in cell.metadata.get('tags', []) and 'nbgrader' not in cell.metadata


class ClearAllButExperiments(ClearOutput):
    """Outputs are made anew, but for the experiments: the teacher sees what the student saw."""

    def preprocess_cell(self, cell, resources, index):
        return (cell, resources) if is_experiment(cell) else super().preprocess_cell(cell, resources, index)


class ExecuteApart(Execute):
    """Execute a submission in an empty folder of its own, without the experiments.

    A cell that takes longer than `timeout` is interrupted, and the next one goes on. After `total` seconds,
    or when the kernel has died, every cell that is left gets an error in place of its output, and so no marks.
    """

    total = Integer(300, help='seconds for all cells of a submission').tag(config=True)

    def preprocess(self, nb, resources, km=None):
        self.ends, self.over = time.monotonic() + self.total, None
        with tempfile.TemporaryDirectory(prefix='submission-') as folder:
            resources['metadata'] = {**resources.get('metadata', {}), 'path': folder}
            return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != 'code' or is_experiment(cell):
            return cell, resources
        if 'nbgrader' in cell.metadata:
            cell.metadata['tags'] = []  # one of them would keep a check from running, and so give its marks
        if time.monotonic() > self.ends and not self.over:
            self.over = f'not run: the cells before took more than {self.total} seconds'
        if self.over:
            return _failed(cell, 'NotRun', self.over), resources
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError) as error:
            silent = isinstance(error, CellTimeoutError)
            happened = 'did not answer any more' if silent else 'ended (exit, or no memory)'
            self.over = f'not run: the kernel {happened} in a cell before'
            return _failed(cell, type(error).__name__, f'the kernel {happened} in this cell'), resources
        for output in cell.outputs:
            if output.output_type == 'stream':
                output.name = 'stdout'  # nbgrader gives no marks for what warns, and MXNet warns
        return cell, resources


def _failed(cell, name, message):
    cell.outputs = [*cell.get('outputs', []), new_output('error', ename=name, evalue=message, traceback=[message])]
    return cell
