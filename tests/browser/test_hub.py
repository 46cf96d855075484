"""Two students and a teacher at the hub, from the first sign-in to the feedback; nobody gets at another's things."""
import contextlib
import csv
import json
from pathlib import Path
from queue import Empty

import psutil
import pytest
from jupyter_client import BlockingKernelClient
from nbgrader_commands import ASSIGNMENT, NOTEBOOK

from ..classroom.course.notebooks import content, solved
from ..classroom.hub.serve import ROOT, lacking, serve_hub
from ..waiting import wait_for
from .drive import new_page

pwd = pytest.importorskip('pwd', reason='NO HUB: it is for Linux')

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(lacking()), reason=f'NO HUB: {lacking()}')]
STUDENTS = 'ada', 'ben'


@pytest.fixture(scope='module')
def hub():
    with serve_hub(teacher_password='teacher-password') as served:
        yield served


@pytest.fixture(scope='module')
def pages(hub, chromium):
    """A page for each of the three, signed in: the teacher first, who adds the others."""
    with contextlib.ExitStack() as stack:
        found = {name: stack.enter_context(new_page(chromium, 1366, 768)) for name in ('teacher', *STUDENTS)}
        sign_in(found['teacher'], hub, 'teacher')
        add_users(found['teacher'], hub)
        for name in STUDENTS:
            sign_in(found[name], hub, name)
            wait_for(lambda name=name: kernel_of(hub, name))  # it comes after the notebook
        yield found


def sign_in(page, hub, name):
    password = hub.seen(hub.data / 'hub' / 'teacher-password').read_text() if name == 'teacher' else f'{name}-password'
    page.goto(f'{hub.url}/hub/login')
    page.fill('input[name=username]', name)
    page.fill('input[name=password]', password)
    page.click('#login_submit')
    page.wait_for_selector('.jp-Notebook')


def add_users(page, hub):
    page.goto(f'{hub.url}/hub/admin')
    page.click('text=Add Users')
    page.fill('textarea', '\n'.join(STUDENTS))
    page.click('button:has-text("Add Users")')
    page.wait_for_selector(f'text={STUDENTS[-1]}')


def assignments(page):
    """The list of assignments, anew."""
    if page.locator('text=Released assignments').count() == 0:
        page.click('.lm-MenuBar-itemLabel:has-text("Nbgrader")')
        page.click('.lm-Menu-itemLabel:has-text("Assignment List")')
        page.wait_for_selector('text=Released assignments')
    else:
        page.click('#refresh_assignments_list')


def open_terminal(page, hub):
    page.goto(f'{hub.url}/user/teacher/lab')
    page.click('.lm-MenuBar-itemLabel:has-text("File")')
    page.hover('.lm-Menu-itemLabel:text-is("New")')
    page.click('.lm-Menu-itemLabel:text-is("Terminal")')
    page.click('.jp-Terminal .xterm-screen')


def type_in(page, line):
    page.keyboard.type(f'{line}\n')


def marks(hub):
    """{name: marks} out of the teacher's table."""
    table = hub.seen(hub.project / 'classroom/course/grades.csv')
    if not table.exists():
        return {}
    return {row['student_id']: row['score'] for row in csv.DictReader(table.read_text('utf-8-sig').splitlines())}


def kernel_of(hub, name):
    """The process of a kernel of a student, or None."""
    return next((process for process in psutil.process_iter(['cmdline', 'environ'])
                 if 'ipykernel_launcher' in ' '.join(process.info['cmdline'] or [])
                 and (process.info['environ'] or {}).get('HOME') == str(hub.data / 'homes' / name)), None)


def test_a_student_runs_the_first_notebook(pages):
    page = pages['ada']
    page.click('.jp-CodeCell >> nth=0')
    for _ in range(2):
        page.keyboard.press('Shift+Enter')
    page.wait_for_selector('.jp-OutputArea-output >> text=mountain_lake')


def test_who_was_not_added_stays_out(hub, chromium):
    with new_page(chromium) as page:
        page.goto(f'{hub.url}/hub/login')
        page.fill('input[name=username]', 'eve')
        page.fill('input[name=password]', 'eve-password')
        page.click('#login_submit')
        page.wait_for_selector('text=Invalid username or password')


# what `others` may do with all that there is below some folders; nobody's own things are left out
WALK = """
import json, os, sys
readable, listable, writable = [], [], []
for top in sys.argv[1:]:
    for folder, folders, files in os.walk(top):
        listable.append(folder)
        folders[:] = [name for name in folders if not os.path.islink(os.path.join(folder, name))]
        for path in (os.path.join(folder, name) for name in [*files, *folders]):
            if os.lstat(path).st_uid != os.getuid() and not os.path.islink(path):
                readable += [path] * (os.path.isfile(path) and os.access(path, os.R_OK))
                writable += [path] * os.access(path, os.W_OK)
print(json.dumps([readable, listable, writable]))
"""


def walk(hub, *tops):
    status, printed, errors = hub.run('ada', 'python3', '-c', WALK, *tops)
    assert status == 0, errors
    return [[Path(path) for path in paths] for paths in json.loads(printed)]


def test_a_student_can_list_nothing_of_the_project_and_what_is_made_later_is_closed_too(hub, pages):
    made = hub.project / 'my-work' / 'today'
    hub.run('root', 'sh', '-c', f'umask 022; mkdir -p {made}; echo solved > {made}/06_my_solutions.ipynb; '
                                f'cp {made}/06_my_solutions.ipynb {hub.project}/notebooks')
    assert walk(hub, hub.project) == [[], [], []]
    inside = [hub.project / name for name in hub.run('root', 'ls', '-A', hub.project)[1].split('\n') if name]
    theirs = {hub.project / name for name in ('d2l_style', 'docs', 'img', 'README.md', '.venv')}
    readable, listable, writable = walk(hub, *inside, hub.project / 'classroom' / 'hub', made)
    assert {hub.project / path.relative_to(hub.project).parts[0] for path in [*readable, *listable]} <= {
        *theirs, hub.project / 'classroom'}
    assert all(path.is_relative_to(hub.project / 'classroom' / 'hub') for path in [*readable, *listable]
               if 'classroom' in path.parts)
    assert not writable
    assert {path.name for path in walk(hub, hub.data / 'homes')[1]} >= {'homes', 'ada'}
    homes = hub.data / 'homes'
    assert all(path == homes or path.is_relative_to(homes / 'ada') for path in walk(hub, homes)[1])
    assert not hub.seen(homes / 'ada' / 'neural-style' / 'notebooks' / '06_my_solutions.ipynb').exists()


@pytest.mark.parametrize('path', ['{homes}/ben', '{homes}/ben/neural-style/notebooks/01_pictures.ipynb',
                                  '{course}/source/style_transfer/06_exercises.ipynb', '{course}', '{project}/tests',
                                  '{project}/.git', '{project}/notebooks', '{hub}/jupyterhub.sqlite',
                                  '{hub}/teacher-password'])
def test_a_student_reads_nothing_of_others(hub, pages, path):
    file = path.format(homes=hub.data / 'homes', hub=hub.data / 'hub', course=hub.project / 'classroom/course',
                       project=hub.project)
    assert hub.run('root', 'test', '-e', file)[0] == 0
    assert 'Permission denied' in hub.run('ada', 'ls', file)[2]


def test_a_student_changes_nothing_of_the_machine(hub, pages):
    for file in ('d2l_style/losses.py', 'notebooks/01_pictures.ipynb'):
        assert hub.run('ada', 'sh', '-c', f'echo >> {hub.project / file}')[0] != 0


def test_a_student_stops_no_kernel_of_another(hub, pages):
    kernel = kernel_of(hub, 'ben')
    status = Path(f'/proc/{kernel.pid}/status').read_text()
    number_there = next(line.split()[-1] for line in status.splitlines() if line.startswith('NSpid'))
    assert 'not permitted' in hub.run('ada', 'sh', '-c', f'kill -9 {number_there}')[2]
    assert kernel.is_running()


def test_nobody_listens_to_the_kernel_of_another(hub, pages):
    connection = json.loads(connection_file(hub, 'ben').read_text())
    assert connection['transport'] == 'ipc'
    assert 'Permission denied' in hub.run('ada', 'ls', Path(connection['ip']).parent)[2]


def connection_file(hub, name):
    return hub.seen(next(word for word in kernel_of(hub, name).cmdline() if word.endswith('.json')))


def test_who_takes_too_much_memory_loses_a_kernel_at_most(hub, pages):
    kernel, said = kernel_of(hub, 'ben'), []
    client = BlockingKernelClient()
    client.load_connection_file(str(connection_file(hub, 'ben')))
    client.ip = str(hub.seen(client.ip))
    client.start_channels()
    client.wait_for_ready()
    client.execute('b"x" * 5_000_000_000; None')  # bytes

    def refused():
        with contextlib.suppress(Empty):
            said.append(client.get_iopub_msg(timeout=0.1))
        return 'MemoryError' in str(said) or not kernel.is_running()
    wait_for(refused)
    client.stop_channels()
    wait_for(lambda: kernel_of(hub, 'ben'))  # JupyterLab starts another


def test_nobody_computes_on_the_workers_of_another(hub, pages):
    python = hub.project / '.venv' / 'bin' / 'python'
    cluster = hub.start('ben', python, '-c', """if __name__ == '__main__':
        from distributed import Client
        with Client(n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
            print(client.submit(sum, [1, 2]).result(), client.scheduler.address,
                  client.scheduler_info()['services']['dashboard'], flush=True)
            input()""")
    computed, address, port = cluster.stdout.readline().split()
    assert computed == '3'
    status, _, errors = hub.run('ada', python, '-c', f"from distributed import Client; Client('{address}', timeout=5)")
    assert status != 0
    assert 'certificate' in errors.lower() or 'OSError' in errors, errors
    page = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:{}/info/main/workers.html')"
    assert port and '404' in hub.run('ada', python, '-c', page.format(port))[2]
    cluster.communicate('\n')


def test_what_the_hub_and_its_servers_listen_on_is_closed_to_other_machines_but_for_the_door(hub, pages):
    door = int(hub.url.rsplit(':', 1)[1])
    started = [psutil.Process(hub.pid), *psutil.Process(hub.pid).children(recursive=True)]
    found = {(process.name(), *connection.laddr) for process in started
             for connection in process.net_connections('tcp') if connection.status == psutil.CONN_LISTEN}
    assert len(found) >= 4
    assert {port for _, address, port in found if address not in ('127.0.0.1', '::1')} <= {door}
    for _, _, port in found:  # and nobody is told anything without a password
        asked = (f"import urllib.request\ntry: print(urllib.request.urlopen('http://127.0.0.1:{port}/', timeout=5).url)"
                 "\nexcept Exception as error: print(type(error).__name__, getattr(error, 'code', ''))")
        said = hub.run('ada', 'python3', '-c', asked)[1]
        assert 'login' in said or not said.startswith('http'), said


def test_exercises_are_handed_out_taken_in_graded_and_given_back(hub, pages, shots):
    teacher, page = pages['teacher'], pages['ada']
    open_terminal(teacher, hub)
    type_in(teacher, f'cd {hub.project}')
    type_in(teacher, 'make release')
    wait_for(hub.seen(hub.data / 'exchange' / 'neural-style' / 'outbound' / ASSIGNMENT).exists)
    assignments(page)
    page.click('button:has-text("Fetch")')
    page.wait_for_selector('button:has-text("Submit")')
    fetched = hub.seen(hub.data / 'homes' / 'ada' / ASSIGNMENT / NOTEBOOK)
    wait_for(fetched.exists)
    fetched.write_bytes(content(solved()))  # what she works on for two hours
    page.click('button:has-text("Submit")')
    page.wait_for_selector('#submitted_assignments_list >> text=style_transfer')
    type_in(teacher, 'make grade')
    wait_for(lambda: marks(hub).get('ada') == '34.0')
    feedback = hub.data / 'exchange' / 'neural-style' / 'feedback'
    wait_for(lambda: any(hub.seen(feedback).rglob('*.html')))
    teacher.screenshot(path=shots / 'hub_teacher.png')
    assignments(page)
    page.click('text=Fetch Feedback')
    folder = hub.seen(hub.data / 'homes' / 'ada' / ASSIGNMENT)
    wait_for(lambda: any(folder.rglob('*.html')))
    page.screenshot(path=shots / 'hub_assignments.png')
    [found] = folder.rglob('*.html')
    assert 'gram is right' in found.read_text()
    exchanged = hub.data / 'exchange' / 'neural-style'
    readable, listable, writable = walk(hub, hub.data, exchanged / 'outbound', exchanged / 'inbound',
                                        exchanged / 'feedback')
    assert all(path.is_relative_to(exchanged / 'outbound') for path in readable
               if path.is_relative_to(hub.data / 'exchange'))
    assert not [path for path in readable if path.is_relative_to(hub.data / 'hub')]
    assert {exchanged / 'inbound', exchanged / 'feedback'}.isdisjoint(listable)
    assert set(writable) <= {hub.data / 'exchange', exchanged / 'inbound'}
    for change in (['mv', exchanged, f'{exchanged}-gone'], ['ls', exchanged / 'inbound']):
        assert hub.run('ben', *change)[0] != 0


def test_the_teachers_page_says_who_is_in_and_what_it_costs(hub, pages, shots):
    page, costs = pages['teacher'], f'{hub.url}/services/costs'
    page.goto(costs)
    for name in ('teacher', *STUDENTS):
        cells = page.locator(f'tr:has(td:text-is("{name}")) td').all_inner_texts()
        assert int(cells[2]) >= 1 or name == 'teacher'
        assert int(cells[3].removesuffix(' MB')) > 50
    page.screenshot(path=shots / 'hub_costs.png')
    page = pages['ada']
    before = page.url
    page.goto(costs)
    assert '403' in page.inner_text('body')
    page.goto(before)


def test_nothing_of_the_class_is_left_on_this_machine(hub, pages):
    assert 'ada' not in {entry.pw_name for entry in pwd.getpwall()}
    assert (ROOT / 'classroom/course').stat().st_uid == ROOT.stat().st_uid
    assert not (ROOT / 'classroom/course/records' / 'ada.json').exists()
