"""A notebook that was saved with widgets and is opened again: a still picture where the kernel is another one."""
import os
import signal

import pytest

from .drive import CONNECTED, copy_of, execute, expect, new_page, open_notebook, run_all

pytestmark = pytest.mark.slow
LOST = 'Error displaying widget'


@pytest.fixture(scope='module')
def page(served, chromium):
    with new_page(chromium, 1366, 768) as page:
        yield page


def run_and_save(page, served, name):
    """Returns the path of a notebook, a copy, that was saved with its panel."""
    path = copy_of(page, served, name)
    open_notebook(page, served, path, run=False)
    run_all(page)  # also what is below the panel
    page.locator('.d2l-panel .widget-slider:visible').first.wait_for()
    page.evaluate('() => jupyterapp.shell.currentWidget.context.save()')
    return path


def shows_a_still(page, file):
    still = page.locator('.jp-OutputArea-output img')
    still.first.wait_for()
    expect(page.locator('.d2l-panel')).to_have_count(0)
    expect(page.locator('.jp-Notebook', has_text=LOST)).to_have_count(0)
    still.first.hover()  # comes into sight with it; JupyterLab may draw it anew meanwhile
    page.screenshot(path=file)


@pytest.mark.parametrize('name', ['02_features', '05_style_lab'])
def test_the_next_day_there_is_a_still_picture_and_running_brings_the_controls_back(page, served, shots, name):
    path = run_and_save(page, served, name)
    page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
    open_notebook(page, served, path, run=False)
    shows_a_still(page, shots / f'{name}-opened.png')
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator('.d2l-panel .widget-slider:visible').first.wait_for()
    page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')


def test_a_page_that_is_loaded_again_has_its_controls_until_the_kernel_dies(page, served, shots):
    run_and_save(page, served, '03_losses')
    kernel = int(execute(page, 'import os; print(os.getpid())'))
    page.reload()
    page.wait_for_function(CONNECTED)
    page.locator('.d2l-panel .widget-slider:visible').first.wait_for()
    os.kill(kernel, signal.SIGKILL)
    page.reload()
    page.wait_for_function(CONNECTED)
    shows_a_still(page, shots / '03_losses-opened.png')
    page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
