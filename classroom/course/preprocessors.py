"""Preprocessors of nbgrader: a submission is executed apart from everything else, and always to its end."""
import html
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearOutput, Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Integer

EXPERIMENT = 'experiment'  # a tag: cells that take long and earn no marks
ENDS = re.compile(r'\b(exit|quit|_exit|abort|kill|killpg|do_shutdown|restart)\b')  # calls that end a kernel, later too


def is_experiment(cell):
    """Whether `cell` is left out when marks are given: never one that nbgrader knows, whatever its tags say."""
    return EXPERIMENT in cell.metadata.get('tags', []) and 'nbgrader' not in cell.metadata


class ClearAllButExperiments(ClearOutput):
    """Outputs are made anew, but for the experiments: the teacher sees what the student saw."""

    def preprocess_cell(self, cell, resources, index):
        return (cell, resources) if is_experiment(cell) else super().preprocess_cell(cell, resources, index)


class ShowRemarks(NbGraderPreprocessor):
    """The student's page begins with what was done to the file before it was graded."""

    def preprocess(self, nb, resources):
        record = Path('records', f'{resources["nbgrader"]["student"]}.json')  # nbgrader works in the course's folder
        found = json.loads(record.read_text()) if record.exists() else {}
        remarks = [f'* {html.escape(remark)}' for remark in found.get('notes', []) + found.get('remarks', [])]
        if remarks:
            nb.cells.insert(0, new_markdown_cell('\n'.join(['**About the file that you handed in**\n', *remarks])))
        return nb, resources


class ConfinedKernel(AsyncKernelManager):
    """A kernel that can write into its home only and reaches no network, where the system can do that."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # sockets in the submission's own folder: kernels that start at once may choose the same port
        self.transport, self.ip = 'ipc', str(Path(tempfile.gettempdir(), 'kernel'))

    def format_kernel_cmd(self, extra_arguments=None):
        """The command that starts the kernel."""
        landlock = str(Path(__file__).with_name('landlock.py'))
        return [sys.executable, landlock, tempfile.gettempdir(), *super().format_kernel_cmd(extra_arguments)]

    def start_kernel(self, **options):
        """Start it with a home where it may write: where the teacher's is elsewhere, it gets another."""
        if not Path.home().is_relative_to(tempfile.gettempdir()):
            self.home = tempfile.TemporaryDirectory(prefix='home-', ignore_cleanup_errors=True)  # goes with this object
            options['env'] = {**os.environ, 'HOME': self.home.name, 'IPYTHONDIR': f'{self.home.name}/ipython'}
        return super().start_kernel(**options)


class ExecuteApart(Execute):
    """Execute a submission in an empty folder of its own, without the experiments.

    A cell that takes longer than `timeout` is interrupted, and the next one goes on. After `total` seconds,
    or when the kernel has ended, every cell that is left gets an error in place of its output, and so no marks.
    What happened is kept in the notebook's metadata: `grading.remarks`, a list of sentences.
    """

    total = Integer(300, help='seconds for all cells of a submission').tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, kernel_manager_class=ConfinedKernel, **kwargs)

    def preprocess(self, nb, resources, km=None):
        self.ends, self.over, self.remarks = time.monotonic() + self.total, None, []
        self.suspect, self.suspected = None, 0  # the last cell that could have ended the kernel, and when it ran
        with tempfile.TemporaryDirectory(prefix='submission-', ignore_cleanup_errors=True) as folder:
            resources['metadata'] = {**resources.get('metadata', {}), 'path': folder}
            nb, resources = super().preprocess(nb, resources, km)
        not_run = [_name(cell) for cell in nb.cells if _has(cell, 'NotRun') and is_grade(cell)]
        if self.over:
            self.remarks.append(f'{self.over}; not run: {", ".join(not_run) or "nothing that has points"}')
        nb.metadata['grading'] = {'remarks': self.remarks}
        return nb, resources

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != 'code' or is_experiment(cell):
            return cell, resources
        if 'nbgrader' in cell.metadata:
            cell.metadata['tags'] = []  # one of them would keep a check from running, and so give its marks
        if time.monotonic() > self.ends and not self.over:
            self.over = f'the cells before took more than {self.total} seconds'
        if self.over:
            return _failed(cell, 'NotRun', f'not run: {self.over}'), resources
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError) as error:
            silent = isinstance(error, CellTimeoutError)
            happened = 'did not answer any more after' if silent else 'was ended (exit, or no memory) by'
            self.over = f'the kernel {happened} the cell {_name(self._culprit(cell))}'
            return _failed(cell, type(error).__name__, self.over), resources
        self._look_at(cell)
        return cell, resources

    def _culprit(self, cell):
        """The cell that ended the kernel: `cell`, or one that told it a moment before to do so."""
        late = time.monotonic() - self.suspected < 5 and not ENDS.search(cell.source)
        return self.suspect if self.suspect and late else cell

    def _look_at(self, cell):
        """What an executed cell has done."""
        if _has(cell, 'CellTimeoutError'):
            self.remarks.append(f'the cell {_name(cell)} took more than {self.timeout} seconds and was stopped')
            if not _has(cell, 'KeyboardInterrupt'):
                self.over = f'the kernel did not answer any more after the cell {_name(cell)}'
        for output in cell.outputs:
            if output.output_type == 'stream':
                output.name = 'stdout'  # nbgrader gives no marks for what warns, and MXNet warns
        if ENDS.search(cell.source):
            self.suspect, self.suspected = cell, time.monotonic()

    def on_cell_executed(self, cell, execute_reply, **others):
        """Nothing more is sent to a kernel that was asked to exit: whether it would still answer is a race."""
        super().on_cell_executed(cell=cell, execute_reply=execute_reply, **others)
        if any(part.get('source') == 'ask_exit' for part in execute_reply['content'].get('payload', [])):
            self.over = f'the kernel was ended (exit) by the cell {_name(cell)}'
            _failed(cell, 'Exit', self.over)


def _name(cell):
    """What a sentence calls a cell: by nbgrader's name, else by its first line."""
    grade_id = cell.metadata.get('nbgrader', {}).get('grade_id', '')
    return f'`{grade_id or next(iter(cell.source.strip().splitlines()), "")[:60]}`'


def _has(cell, name):
    return cell.cell_type == 'code' and any(output.get('ename') == name for output in cell.outputs)


def _failed(cell, name, message):
    cell.outputs = [*cell.get('outputs', []), new_output('error', ename=name, evalue=message, traceback=[message])]
    return cell
