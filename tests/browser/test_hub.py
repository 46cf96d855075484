"""Two students and a teacher at the hub, from the first sign-in to the feedback; nobody gets at another's things."""
import contextlib
import pwd
import re

import psutil
import pytest

import course

from ..course.notebooks import content, solved
from ..hub.serve import ROOT, lacking, serve_hub
from ..waiting import wait_for
from .drive import new_page

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
        yield found


def sign_in(page, hub, name):
    page.goto(f'{hub.url}/hub/login')
    page.fill('input[name=username]', name)
    page.fill('input[name=password]', f'{name}-password')
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


def as_teacher(hub, target):
    done = hub.run('teacher', 'make', '-C', str(ROOT), target)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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


@pytest.mark.parametrize('path', ['{homes}/ben', '{homes}/ben/neural-style/notebooks/01_pictures.ipynb',
                                  '{course}/source/style_transfer/06_exercises.ipynb', '{course}', '{project}/tests',
                                  '{project}/.git', '{hub}/jupyterhub.sqlite', '{hub}/teacher-password'])
def test_a_student_reads_nothing_of_others(hub, pages, path):
    file = path.format(homes=hub.data / 'homes', hub=hub.data / 'hub', course=ROOT / 'course', project=ROOT)
    assert hub.run('root', 'test', '-e', file).returncode == 0
    assert 'Permission denied' in hub.run('ada', 'ls', file).stderr


def test_a_student_changes_nothing_of_the_machine(hub, pages):
    for file in (ROOT / 'd2l_style' / 'losses.py', ROOT / 'notebooks' / '01_pictures.ipynb'):
        assert hub.run('ada', 'sh', '-c', f'echo >> {file}').returncode != 0


def test_a_student_stops_no_kernel_of_another(hub, pages):
    kernel = next(process for process in psutil.process_iter(['cmdline', 'environ'])
                  if 'ipykernel_launcher' in ' '.join(process.info['cmdline'] or [])
                  and (process.info['environ'] or {}).get('HOME', '').endswith('/homes/ben'))
    assert 'not permitted' in hub.run('ada', 'kill', '-9', str(kernel.pid)).stderr
    assert kernel.is_running()


def test_exercises_are_handed_out_taken_in_graded_and_given_back(hub, pages, shots):
    as_teacher(hub, 'release')
    page = pages['ada']
    assignments(page)
    page.click('button:has-text("Fetch")')
    page.wait_for_selector('button:has-text("Submit")')
    fetched = hub.data / 'homes' / 'ada' / course.ASSIGNMENT / course.NOTEBOOK
    wait_for(fetched.exists)
    fetched.write_bytes(content(solved()))  # what she works on for two hours
    page.click('button:has-text("Submit")')
    page.wait_for_selector('#submitted_assignments_list >> text=style_transfer')
    printed = as_teacher(hub, 'grade')
    assert re.search(r'ada +34.0 of 50', printed), printed
    assignments(page)
    page.click('text=Fetch Feedback')
    folder = hub.data / 'homes' / 'ada' / course.ASSIGNMENT
    wait_for(lambda: any(folder.rglob('*.html')))
    page.screenshot(path=shots / 'hub_assignments.png')
    [feedback] = folder.rglob('*.html')
    assert 'gram is right' in feedback.read_text()


def test_the_teachers_page_says_who_is_in_and_what_it_costs(hub, pages, shots):
    page = pages['teacher']
    page.goto(f'{hub.url}/services/costs')
    for name in ('teacher', *STUDENTS):
        cells = page.locator(f'tr:has(td:text-is("{name}")) td').all_inner_texts()
        assert int(cells[2]) >= 1 or name == 'teacher'
        assert int(cells[3].removesuffix(' MB')) > 50
    page.screenshot(path=shots / 'hub_costs.png')
    pages['ada'].goto(f'{hub.url}/services/costs')
    assert "403" in pages['ada'].inner_text('body')


def test_nothing_of_the_class_is_left_on_this_machine(hub, pages):
    assert 'ada' not in {entry.pw_name for entry in pwd.getpwall()}
    assert (ROOT / 'course').stat().st_uid == ROOT.stat().st_uid
    assert not (ROOT / 'course' / 'records' / 'ada.json').exists()
