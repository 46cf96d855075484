"""A JupyterLab with a copy of the notebooks, and a browser page that shows the Style Lab."""
import re
import shutil

import pytest

from .drive import ROOT, browser, lacking, open_notebook, serve

# Not ours: bqplot draws its axes once before it knows its size, and JupyterLab reads late about closed widgets
NOT_OURS = re.compile(r'Error: <(g|path)> attribute (transform|d): .*(undefined|NaN|null)|'
                      'Error: widget model not found')


def pytest_collection_modifyitems(items):
    if lacking():
        reason = f'NO BROWSER: the Style Lab was not tested in one; {lacking()}, see `make test-browser`'
        for item in items:
            if 'browser' in item.path.parts:
                item.add_marker(pytest.mark.skip(reason=reason))


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


@pytest.fixture
def page(served):
    """A page with notebook 5 open and the lab on it. Whatever the console calls an error fails the test."""
    with browser() as page:
        open_notebook(page, served, 'notebooks/05_style_lab.ipynb')
        page.locator('.d2l-lab .d2l-ready').wait_for()
        page.locator('.d2l-lab').scroll_into_view_if_needed()
        yield page
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
        assert not [error for error in page.errors if not NOT_OURS.match(error)]
