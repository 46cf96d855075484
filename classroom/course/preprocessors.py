"""Preprocessors of nbgrader: a submission is executed apart from everything else, and always to its end."""
import copy
import html
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

import apart
import grading_process
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearOutput, Execute, NbGraderPreprocessor
from nbgrader.utils import determine_grade, is_grade
from pages import HIDDEN
from traitlets import Integer

EXPERIMENT = 'experiment'  # a tag: cells that take long and earn no marks
PRINTED, DRAWN = 100_000, 5_000_000  # letters of text, and of pictures, that are kept of a cell
CUT = '\n… (the rest was cut)\n'
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
    """A kernel that reads and writes what is its own, reaches no network, and leaves nothing: where Linux can do that.

    `place`: a folder with `home`, which is the kernel's, and `run` for its sockets; the grading process has made it.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.place = Path.home().parent
        if not is_watched():  # nbgrader's own pages
            self.made = tempfile.TemporaryDirectory(prefix='kernel-', ignore_cleanup_errors=True)  # goes with this
            self.place = make_place(self.made.name)
        # sockets in a folder of its own: kernels that start at once may choose the same port, and one that runs
        # with the hidden tests could leave their text to the next as names of sockets
        self.sockets = tempfile.mkdtemp(dir=self.place / 'run')
        self.transport, self.ip = 'ipc', f'{self.sockets}/kernel'
        self.connection_file = f'{self.sockets}/kernel.json'

    def format_kernel_cmd(self, extra_arguments=None):
        """The command that starts the kernel."""
        return apart.command(self.home, self.sockets, super().format_kernel_cmd(extra_arguments))

    def start_kernel(self, **options):
        """Start it with an empty home, which no kernel before it had."""
        self.home = tempfile.mkdtemp(dir=self.place / 'home')
        for file in (self.place / 'home').glob('fontlist-*.json'):  # what is known of fonts
            shutil.copy(file, self.home)
        options['env'] = {**os.environ, **dict.fromkeys(('HOME', 'TMPDIR', 'MPLCONFIGDIR'), self.home),
                          'IPYTHONDIR': f'{self.home}/ipython', 'JUPYTER_RUNTIME_DIR': f'{self.home}/runtime'}
        options['cwd'] = tempfile.mkdtemp(prefix='submission-', dir=self.home)
        return super().start_kernel(**options)


def is_watched():
    """Whether this is `grading_process`, which has made a place for each submission."""
    return tempfile.gettempdir() == str(Path.home())


def make_place(folder):
    """The folders of a kernel in the folder `folder`, which is returned as a path."""
    for name in ('home', 'run'):
        Path(folder, name).mkdir()
    return Path(folder)


class ExecuteApart(Execute):
    """Execute a submission in an empty folder of its own, without the experiments.

    A cell that takes longer than `timeout` is interrupted, and the next one goes on. After `total` seconds,
    or when the kernel has ended, every cell that is left gets an error in place of its output, and so no marks.
    What happened is kept in the notebook's metadata: `grading.remarks`, a list of sentences.

    Whoever has lost points is executed a second time, in a new kernel and without the hidden tests: `grading.shown`,
    {place of the cell: outputs}, is what the student may read, since no code of theirs could print a hidden test there.
    """

    total = Integer(300, help='seconds for all cells of a submission').tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, kernel_manager_class=ConfinedKernel, **kwargs)
        self.iopub_timeout, self.raise_on_iopub_timeout = 15, False  # seconds, for who prints very much
        self.store_widget_state = False  # of any size, and in no check

    def preprocess(self, nb, resources, km=None):
        public, began = _without_hidden_tests(nb), time.monotonic()
        nb, resources = self._execute(nb, resources, km, self.total)
        remarks, shown = self.remarks, {}
        not_run = [_name(cell) for cell in nb.cells if _has(cell, 'NotRun') and is_grade(cell)]
        if self.over:
            remarks.append(f'{self.over}; not run: {", ".join(not_run) or "nothing that has points"}')
        if any(cell.cell_type == 'code' and determine_grade(cell)[0] == 0 for cell in nb.cells if is_grade(cell)):
            if is_watched():
                grading_process.end_all(os.getppid())  # the second kernel meets nothing of the first
            left = self.total - (time.monotonic() - began)
            self._execute(public, resources, km, max(self.timeout or 0, left), self.over and (self.last, self.over))
            shown = {str(where): cell.outputs for where, cell in enumerate(public.cells)
                     if cell.cell_type == 'code' and not is_experiment(cell)}
        nb.metadata['grading'] = {'remarks': remarks, 'shown': shown}
        return nb, resources

    def _execute(self, nb, resources, km, seconds, broke_off=None):
        """Execute `nb`. `broke_off`: the cell at which it ended before and will again, and why."""
        self.broke_off, self.last = broke_off, None
        self.ends, self.over, self.remarks = time.monotonic() + seconds, None, []
        self.suspect, self.suspected = None, 0  # the last cell that could have ended the kernel, and when it ran
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != 'code' or is_experiment(cell):
            return cell, resources
        if 'nbgrader' in cell.metadata:
            cell.metadata['tags'] = []  # one of them would keep a check from running, and so give its marks
        if time.monotonic() > self.ends and not self.over:
            self.over = f'the cells before took more than {self.total} seconds'
        if self.broke_off and index >= self.broke_off[0]:
            self.over = self.broke_off[1]
        if self.over:
            return _failed(cell, 'NotRun', f'not run: {self.over}'), resources
        self.last, self.room = index, {'text': PRINTED, 'pictures': DRAWN}
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

    def process_message(self, msg, cell, cell_index):
        """Keep of what a cell prints and draws as much as somebody reads."""
        self._cut(msg['content'])
        return super().process_message(msg, cell, cell_index)

    def _cut(self, content):
        """Cut the texts in a message's `content` to the room that is left; a picture that is larger is left out."""
        for name in ('text', 'evalue'):
            if name in content:
                content[name] = self._part(content[name])
        content.update({'traceback': list(map(self._part, content['traceback']))} if 'traceback' in content else {})
        for kind, value in list(content.get('data', {}).items()):
            if kind.startswith('text/'):
                content['data'][kind] = self._part(value)
            elif len(str(value)) > self.room['pictures']:
                content['data'][kind], content['data']['text/plain'] = '', CUT
            else:
                self.room['pictures'] -= len(str(value))

    def _part(self, text):
        """As much of `text` as there is room for, which then is taken."""
        text, room = str(text), self.room['text']
        self.room['text'] = max(0, room - len(text))
        return text if len(text) <= room else text[:room] + CUT * bool(room)

    def on_cell_executed(self, cell, execute_reply, **others):
        """Nothing more is sent to a kernel that was asked to exit: whether it would still answer is a race."""
        self.room['text'] += 2000  # for an error that came after much was printed
        self._cut(execute_reply['content'])
        super().on_cell_executed(cell=cell, execute_reply=execute_reply, **others)
        if any(part.get('source') == 'ask_exit' for part in execute_reply['content'].get('payload', [])):
            self.over = f'the kernel was ended (exit) by the cell {_name(cell)}'
            _failed(cell, 'Exit', self.over)


def _without_hidden_tests(nb):
    """A copy of a notebook as its author could have run it."""
    nb = copy.deepcopy(nb)
    for cell in nb.cells:
        cell.source = HIDDEN.sub('', cell.source)
    return nb


def _name(cell):
    """What a sentence calls a cell: by nbgrader's name, else by its first line."""
    grade_id = cell.metadata.get('nbgrader', {}).get('grade_id', '')
    return f'`{grade_id or next(iter(cell.source.strip().splitlines()), "")[:60]}`'


def _has(cell, name):
    return cell.cell_type == 'code' and any(output.get('ename') == name for output in cell.outputs)


def _failed(cell, name, message):
    cell.outputs = [*cell.get('outputs', []), new_output('error', ename=name, evalue=message, traceback=[message])]
    return cell
