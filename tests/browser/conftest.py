"""A JupyterLab with a copy of the notebooks, and a browser page that shows the Style Lab."""
import re
import shutil

import pytest

from .drive import ROOT, chrome, copy_of, lacking, new_page, open_notebook, run_all, serve

NOT_OURS = re.compile('Error: widget model not found')  # JupyterLab reads late about closed widgets


def pytest_collection_modifyitems(items):
    if lacking():
        reason = f'NO BROWSER: the Style Lab was not tested in one; {lacking()}, see `make test`'
        for item in items:
            if 'browser' in item.path.parts:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """What fails says what was to be seen."""
    report = yield
    pages = {fixture for name, fixture in getattr(item, 'funcargs', {}).items() if hasattr(fixture, 'screenshot')}
    for page in (page for page in pages if report.failed and not page.is_closed()):
        folder = ROOT / 'build' / 'screenshots'
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f'failed-{item.name}.png'
        page.screenshot(path=file)
        report.sections.append(('page', f'{file}\n{page.locator("body").inner_text()[-2000:]}\n{page.errors}'))
    return report


@pytest.fixture(scope='session')
def shots():
    """Where screenshots go."""
    folder = ROOT / 'build' / 'screenshots'
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope='session')
def served(tmp_path_factory):
    """The address of a JupyterLab that serves a copy of the notebooks: a test leaves the tree as it was."""
    folder = tmp_path_factory.mktemp('served')
    shutil.copytree(ROOT / 'notebooks', folder / 'notebooks')
    with serve('lab', folder, folder / 'home') as address:
        yield address


@pytest.fixture(scope='session')
def chromium():
    with chrome() as started:
        yield started


@pytest.fixture(scope='module')
def notebook(served, chromium):
    """A page with notebook 5 and its kernel, opened once: that takes as long as most tests."""
    with new_page(chromium) as page:
        open_notebook(page, served, copy_of(page, served, '05_style_lab'), run=False)
        yield page
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')


@pytest.fixture
def page(notebook):
    """That page with a new lab on it. Whatever the console calls an error fails the test."""
    notebook.set_viewport_size({'width': 1280, 'height': 1000})
    notebook.evaluate("() => jupyterapp.commands.execute('editmenu:clear-all')")
    notebook.locator('.d2l-lab').wait_for(state='detached')
    notebook.errors.clear()
    run_all(notebook)  # closes the lab before
    notebook.locator('.d2l-lab .d2l-ready').wait_for(state='attached')  # wherever the notebook was scrolled to
    notebook.locator('.d2l-lab').scroll_into_view_if_needed()
    yield notebook
    assert not [error for error in notebook.errors if not NOT_OURS.match(error)]
