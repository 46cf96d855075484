"""What a student could try on a class: to read, to leave something behind, to write without end, to run in a page."""
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import apart
import landlock
import nbformat
import pages
import psutil
import pytest
from bs4 import BeautifulSoup
from grade import grade
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.server_extensions.formgrader import handlers
from nbgrader_commands import ASSIGNMENT, NOTEBOOK
from traitlets.config import PyFileConfigLoader

from ...systems import grading, linux
from .notebooks import at, content, edited, solved, without
from .small import ANSWERS, SMALL, course
from .test_grading import AUTOMATIC, POINTS, submit

pytestmark = [pytest.mark.slow, grading]
SECONDS = f'65432.{os.getpid()}'  # no other run of these tests has this one
confined = pytest.mark.skipif(landlock.strength() < 1, reason='NO LANDLOCK: Linux 5.13 or newer has it')
namespaces = pytest.mark.skipif(not apart.possible(), reason='NO NAMESPACES: sysctl '
                                'kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or another container')

TRY = '''
def told(what, *arguments):
    try:
        print('DONE', what(*arguments))
    except Exception as error:
        print('refused', type(error).__name__)
'''
READS = TRY + '''
import os
from pathlib import Path
for name in ('gradebook.db', 'source/style_transfer/06_exercises.ipynb', 'records/anna.json', 'grades.csv',
             'submitted/reads/style_transfer/06_exercises.ipynb', 'nbgrader_config.py'):
    told(Path('COURSE', name).read_bytes)
for folder in ('COURSE', 'COURSE/submitted', '/home', '/root', '/tmp', '/run', os.getcwd() + '/../../..'):
    told(os.listdir, folder)
for process in (os.getppid(), *map(int, filter(str.isdigit, os.listdir('/proc')))):
    if process != os.getpid():
        told(Path(f'/proc/{process}/environ').read_bytes)
told(os.symlink, 'COURSE/gradebook.db', 'link') or told(Path('link').read_bytes)
'''
LEAVES = TRY + f'''
import os, subprocess
if os.fork() == 0:  # nobody's child, in a session of its own, without an environment or open files
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        os.closerange(0, 1000)
        os.execve('/bin/sleep', ['sleep', '{SECONDS}'], {{}})
    os._exit(0)
subprocess.Popen(['setsid', 'env', '-i', '/bin/sleep', '{SECONDS}'])
for place in ('/dev/shm', '/tmp', '/var/tmp', '/run', '/var/spool/cron', 'COURSE'):
    told(open, place + '/left-SECONDS', 'w')
'''.replace('SECONDS', SECONDS)
RELAYS = TRY + '''
import os, socket
from ipykernel.connect import get_connection_file
before, sockets = os.getcwd(), os.path.dirname(get_connection_file())
print('FOUND', [name for name in os.listdir(sockets) if 'relay' in name])
told(os.listdir, os.path.dirname(sockets))
os.chdir(sockets)
socket.socket(socket.AF_UNIX).bind('relay')  # its name could be the text of a hidden test
os.chdir(before)
def batch_gram(X):
    return 0'''
WRITES = '''
try:
    for number in range(60):
        open(f'{number}.bin', 'wb').write(bytes(20_000_000))
except OSError as error:
    print('refused', error)
'''
PRINTS = 'print(list(range(2_000_000)), "x" * 30_000_000)'
SPIES = '''
class Spy:
    def __eq__(self, other): print("SECRET", other, In); return False
    __ne__ = __repr__ = __hash__ = __eq__
    def __repr__(self): return "SECRET" + str(In) + str(globals())
answer_1 = Spy()
'''
TELLS = 'def batch_gram(X):\n    raise ValueError("SECRET" + str(In))'


def own(source, exercises=SMALL):
    """A right notebook with a cell of the student's own, and at the end one that prints all that was run."""
    def edit(notebook):
        notebook.cells.insert(at(notebook, 'batch_gram'), new_code_cell(source))
        notebook.cells.append(new_code_cell('print("SECRET", In, globals())'))
    return edited(edit, exercises)


BAD = ('<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)></svg>'
       '<iframe src="javascript:alert(4)"></iframe>'
       '<a href="javascript:alert(5)">a</a><form action=/><input class=score id=check_batch_gram></form>'
       '<style>*{display:none}</style><b style="background:url(//evil)" onclick=alert(6)>bold</b><base href=//evil>')
LINKS = ('[a](javascript:alert(7)) [b](files/javascript:alert(8)) [c](file:///etc/passwd) ![d](//evil/picture.png) '
         '![e](attachment:e.png) [f](data:text/html,<script>alert(9)</script>) ```html\n<script>alert(10)</script>')


def hostile(notebook):
    """Texts and outputs that a browser would run."""
    notebook.cells[at(notebook, 'question_1')].source = BAD + '\n\n' + LINKS
    where = at(notebook, 'question_2')
    notebook.cells[where].source = f'![e](attachment:e.svg) ![f](attachment:f.png) ![g](attachment:gone.png)\n\n{BAD}'
    notebook.cells[where].attachments = {'e.svg': {'image/svg+xml': '"onerror="alert(11)'},
                                         'f.png': {'text/html': 'PHNjcmlwdD4='}}
    data = {'text/html': BAD, 'image/svg+xml': BAD, 'application/javascript': 'alert(12)', 'text/markdown': BAD + LINKS,
            'image/png': 'x" onerror="alert(13)', 'text/latex': BAD, 'application/pdf': 'x', 'text/plain': BAD,
            'application/vnd.jupyter.widget-view+json': {'model_id': BAD}}
    outputs = [new_output('display_data', {kind: value, 'text/plain': 'plain'}, metadata={kind: {
        'width': '1 onload=alert(14)', 'alt': '"onerror="alert(15)'}}) for kind, value in data.items()]
    picture = new_output('display_data', {'image/png': 'iVBORw0KGgo='}, metadata={
        'image/png': {'width': '1 onload=alert(16)'}, 'filenames': {'image/png': 'x" onerror="alert(17)'}})
    experiment = next(cell for cell in notebook.cells if 'experiment' in cell.metadata.get('tags', []))
    experiment.outputs = [*outputs, picture, new_output('stream', text=BAD),
                          new_output('error', ename=BAD, evalue=BAD, traceback=[BAD])]
    experiment.metadata['tags'].append('"><script>alert(18)</script>')
    notebook.cells += [new_markdown_cell(BAD), nbformat.v4.new_raw_cell(BAD, metadata={'raw_mimetype': 'text/html'})]
    notebook.metadata['widgets'] = {'application/vnd.jupyter.widget-state+json': {'state': BAD}}
    notebook.metadata['title'] = BAD


CASES = {'reads': own(READS), 'leaves': own(LEAVES), 'writes': own(WRITES), 'prints': own(PRINTS),
         'empty': SMALL.released, 'spies': solved(SMALL, answer_1=SPIES),
         'tells': solved(SMALL, batch_gram=TELLS), 'relays': solved(SMALL, batch_gram=RELAYS),
         'hostile': edited(hostile, SMALL),
         'wrong': solved(SMALL, **{name: f'def {name}(X):\n    return 0' for name in POINTS},
                         answer_1="answer_1 = '?'", answer_2="answer_2 = '?'", answers_3_4='answer_3, answer_4 = 0, 0'),
         'checks-gone': edited(without('check_batch_gram', 'check_answer_1'), SMALL,
                               batch_gram='def batch_gram(X):\n    return 0')}


@pytest.fixture(scope='module')
def graded(tmp_path_factory):
    """The folder of a course, and {student: `Graded`}."""
    folder = course(tmp_path_factory.mktemp('class') / 'course', SMALL)
    for student, notebook in CASES.items():
        text = content(notebook).decode()
        submit(folder, student, text.replace('COURSE', str(folder)))
    submit(folder, '<img src=x onerror=alert(1)>', content(solved(SMALL)).decode())
    (folder / 'records').mkdir()
    return folder, {one.student: one for one in grade(workers=2, course=folder)}


def printed(folder, student):
    """What a submission printed while it was graded."""
    notebook = nbformat.read(folder / 'autograded' / student / ASSIGNMENT / NOTEBOOK, as_version=4)
    return '\n'.join(output.get('text', '') for cell in notebook.cells if cell.cell_type == 'code' and
                     'experiment' not in cell.metadata.get('tags', []) for output in cell.outputs)


def page(folder, student):
    return (folder / 'feedback' / student / ASSIGNMENT / '06_exercises.html').read_text()


def test_all_have_their_marks(graded):
    _, results = graded
    full = {'reads', 'leaves', 'writes', 'prints', 'hostile'}
    assert not any(one.problem for one in results.values())
    assert {name for name, one in results.items() if one.score == AUTOMATIC} == {*full, '<img src=x onerror=alert(1)>'}
    assert results['empty'].score == 0


@confined
def test_a_submission_reads_nothing_of_the_class(graded):
    said = printed(graded[0], 'reads').split('SECRET')[0]
    assert said.count('refused') >= 13
    assert 'DONE' not in said.replace('DONE None', '')  # to make a link is no harm


def test_what_a_submission_starts_ends_with_it(graded):
    assert not any(SECONDS in (process.info['cmdline'] or []) for process in psutil.process_iter(['cmdline']))


@confined
def test_what_a_submission_writes_elsewhere_is_gone(graded):
    folder, _ = graded
    assert printed(folder, 'leaves').count('refused') >= 5
    for place in ('/dev/shm', '/tmp', '/var/tmp', '/run', folder):
        assert not Path(place, f'left-{SECONDS}').exists()


@namespaces
def test_a_submission_writes_as_much_as_it_may(graded):
    assert 'No space left' in printed(graded[0], 'writes')


def test_what_is_printed_without_end_is_cut(graded):
    folder, _ = graded
    assert 'the rest was cut' in printed(folder, 'prints')
    assert (folder / 'autograded' / 'prints' / ASSIGNMENT / NOTEBOOK).stat().st_size < 1_000_000


def test_no_page_has_a_hidden_test_or_an_answer(graded):
    folder, results = graded
    source = nbformat.read(folder / 'source' / ASSIGNMENT / NOTEBOOK, as_version=4)
    hidden = [line for cell in source.cells for part in pages.HIDDEN.findall(cell.source) for line in part.splitlines()]
    assert len(hidden) >= len(POINTS) + len(ANSWERS)
    for one in results.values():
        text = BeautifulSoup(page(folder, one.name), 'html.parser').get_text()
        assert 'HIDDEN' not in text and 'another number' not in text
        assert not [line for line in hidden if line in text], one.student


@confined
def test_what_ran_with_the_hidden_tests_leaves_nothing_to_what_runs_without(graded):
    folder, _ = graded
    text = (folder / 'autograded' / 'relays' / ASSIGNMENT / NOTEBOOK).read_text()
    assert text.count('FOUND []') == 2 and "FOUND ['relay']" not in text
    assert text.count('refused PermissionError') == 2


def test_what_a_student_lost_has_a_hint_and_what_is_right_says_so(graded):
    folder, _ = graded
    wrong = BeautifulSoup(page(folder, 'wrong'), 'html.parser').get_text()
    assert wrong.count('not right yet') == len(POINTS) + len(ANSWERS)
    assert 'check_batch_gram' in wrong and '0.0 / 5.0' in wrong
    gone = page(folder, 'checks-gone')
    assert 'centred_gram is right' in gone and 'batch_gram is right' not in gone


def formgrader(folder, student):
    """Formgrader's page of a submission, as its handler makes it."""
    config = PyFileConfigLoader('nbgrader_config.py', path=str(folder)).load_config()
    config.HTMLExporter.template_name = 'formgrade'
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {'index': 0, 'total': 1, 'base_url': '', **dict.fromkeys(
        ('notebook_id', 'submission_id', 'student', 'last_name', 'first_name', 'notebook_path', 'assignment_id'), 'x')}
    file = folder / 'autograded' / student / ASSIGNMENT / NOTEBOOK
    return HTMLExporter(config=config).from_filename(str(file), resources=resources)[0]


@pytest.mark.parametrize('show', [page, formgrader])
def test_a_page_runs_nothing_of_a_students(graded, show):
    html = BeautifulSoup(show(graded[0], 'hostile'), 'html.parser')
    cells = html.select_one('#notebook-container')
    assert not cells.select('script, svg, iframe, form, style, base, link, object, embed, meta')
    for element in cells.select('*'):
        assert not [name for name in element.attrs if name.startswith('on')], element
        assert re.match(r'https?:|mailto:|#|$', element.get('href', '')), element
        assert re.match(r'data:image/(png|jpeg)|$', element.get('src', '')), element
        assert 'url' not in element.get('style', '')
    assert [box['id'] for box in cells.select('input.score')].count('check_batch_gram') <= 1
    assert 'bold' in cells.get_text() and ('plain' in cells.get_text() or show is page)  # which has no experiments


def test_feedback_runs_nothing_at_all(graded):
    for student in ('hostile', 'empty'):
        policy = BeautifulSoup(page(graded[0], student), 'html.parser').head.find()  # before anything else
        assert policy['http-equiv'] == 'Content-Security-Policy' and "default-src 'none'" in policy['content']


@pytest.mark.parametrize('words', ['### {} HIDDEN TESTS', '# {} HIDDEN TESTS ', '    ### {} HIDDEN TESTS'])
def test_hidden_tests_are_found_as_nbgrader_finds_them(words):
    indent = ' ' * (len(words) - len(words.lstrip()))
    check = f"if True:\n    print(1)\n{words.format('BEGIN')}\n{indent}assert X == 7\n{words.format('END')}\nprint(2)"
    assert pages.HIDDEN.sub('', check).split() == ['if', 'True:', 'print(1)', 'print(2)']
    cell = new_code_cell(check, outputs=[new_output('error', ename='AssertionError', evalue='7')])
    assert '7' not in pages._verdict('x', cell, [])


@linux
def test_without_namespaces_nothing_is_written_where_others_write(tmp_path):
    for name in ('home', 'run'):
        (tmp_path / name).mkdir()
    tries = TRY + f"told(open, '/dev/shm/left', 'w'); told(open, 'mine', 'w'); told(open, '{tmp_path}/run/x', 'w')"
    command = apart.command(str(tmp_path / 'home'), str(tmp_path / 'run'), [sys.executable, '-c', tries], 'no')
    done = subprocess.run(command, cwd=tmp_path / 'home', capture_output=True, text=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == (
        ['refused', 'DONE', 'refused'] if landlock.strength() else ['DONE'] * 3)


INTERRUPTED = '''
import signal, time
count = 0
def interrupted(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, interrupted)
print('ready', flush=True)
begin = time.monotonic()
while time.monotonic() - begin < 2:
    time.sleep(0.01)
print(count)
'''


@namespaces
def test_an_interrupt_arrives_once(tmp_path):
    for name in ('home', 'run'):
        (tmp_path / name).mkdir()
    command = apart.command(str(tmp_path / 'home'), str(tmp_path / 'run'), [sys.executable, '-c', INTERRUPTED], 'yes')
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert program.stdout.readline() == 'ready\n'
    for _ in range(5):
        os.killpg(program.pid, signal.SIGINT)  # as Jupyter does; a second one would end the traceback of the first
        time.sleep(0.2)
    assert 1 <= int(program.communicate()[0]) <= 5  # two that come at once are one


@linux
def test_the_grading_process_ends_what_hides_from_its_parents(tmp_path):
    program = f"""import os, sys
sys.path.insert(0, {str(Path(apart.__file__).parent)!r})
import grading_process
grading_process.watch()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve('/bin/sleep', ['sleep', '{SECONDS}7'], {{}})
    os._exit(0)
os.wait()
if sys.argv[1] == 'asked':
    grading_process.end_all(os.getppid())
    running = [one.info['cmdline'] or [] for one in grading_process.psutil.process_iter(['cmdline'])]
    print('running' if ['sleep', '{SECONDS}7'] in running else 'ended')"""
    done = subprocess.run([sys.executable, '-c', program, 'asked'], capture_output=True, text=True)
    assert done.stdout == 'ended\n'
    subprocess.run([sys.executable, '-c', program, 'not asked'], capture_output=True)  # it has just ended itself
    assert not any(f'{SECONDS}7' in (process.info['cmdline'] or []) for process in psutil.process_iter(['cmdline']))
