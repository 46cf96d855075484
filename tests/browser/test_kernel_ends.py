"""What a student sees when the kernel restarts, dies or is interrupted in a run, or when the server goes away."""
import contextlib
import os
import shutil
import signal
import time

import pytest

from ..waiting import wait_for
from .drive import PANEL, ROOT, execute, expect, new_page, open_notebook, run_all, serve
from .test_app import app, kernels, load  # noqa: F401  app is a fixture
from .test_style_lab import button, typed_and_read, wait_for_epoch, wait_for_state

pytestmark = pytest.mark.slow
# where in the panel everything is, and how often JupyterLab's sign of a broken link is seen
PLACES = """() => { const panel = document.querySelector('.d2l-panel'), top = panel.getBoundingClientRect().y;
  return [...panel.querySelectorAll('.jupyter-button, input, img, .widget-slider, svg')]
    .filter(e => e.checkVisibility()).map(e => { const box = e.getBoundingClientRect();
    return [e.tagName, ...[box.x, box.y - top, box.width, box.height].map(Math.round)].join(' '); }); }"""
BROKEN = """() => [...document.querySelectorAll('.d2l-panel, .d2l-panel *')]
  .filter(e => getComputedStyle(e, '::before').content.includes('\\uf127')).length"""
IDLE = """() => { const kernel = jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
  return kernel?.connectionStatus === 'connected' && kernel.status === 'idle'; }"""
# milliseconds from now until something is said, and the longest that the page's own clock has stood still
CLOCK = """() => { const start = performance.now(); let last = start; window.gap = 0;
  const timer = setInterval(() => { const now = performance.now();
    window.gap = Math.max(window.gap, now - last - 50); last = now;
    if (document.querySelector('.d2l-watch > div')) { window.said = now - start; clearInterval(timer); } }, 50); }"""
LONG = 'lab.training.stop.value = 10_000'


@contextlib.contextmanager
def opened(chromium, served, name):
    """A page with a notebook that has run, and a kernel of its own."""
    with new_page(chromium, 1366, 900) as page:
        open_notebook(page, served, f'notebooks/{name}.ipynb')
        page.locator('.d2l-panel .widget-slider:visible').first.wait_for()
        page.locator('.d2l-panel').scroll_into_view_if_needed()
        yield page
        page.wait_for_function(IDLE)  # a kernel that is just restarting cannot be shut down
        page.evaluate('() => jupyterapp.shell.currentWidget.sessionContext.shutdown()')


def running(page):
    execute(page, LONG)
    button(page, 'Run').click()
    wait_for_epoch(page, 5)
    page.wait_for_timeout(500)


def told(page, words, since=None):
    """Wait for words that lie over the panel; prints how long that took."""
    page.locator('.d2l-watch', has_text=words).wait_for()
    if since:
        print(f'said after {time.monotonic() - since:.1f} s: {words}')


def again(page):
    """Run all cells with a kernel that is there, and no dialog about the one before."""
    for dialog in page.locator('.jp-Dialog .jp-mod-accept').all():
        dialog.click()
    page.wait_for_function(IDLE)
    run_all(page)
    page.locator('.d2l-lab .d2l-ready').wait_for()
    expect(page.locator('.d2l-left-alone')).to_have_count(0)


def test_a_restart_is_said_moves_nothing_and_brings_settings_and_snapshots_back(page, shots):
    style = page.locator('.d2l-controls input[type=number]').nth(1)
    typed_and_read(page, style, '777', 'lab.worker.settings.weights.style')
    button(page, 'Step').click()
    wait_for_epoch(page, 1)
    button(page, 'Snapshot').click()
    page.locator('.d2l-card').wait_for()
    picture = execute(page, 'print(lab.worker.X.asnumpy().sum())')
    running(page)
    places = page.evaluate(PLACES)
    start = time.monotonic()
    page.evaluate('() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }')
    told(page, 'this run is over', start)
    page.screenshot(path=shots / 'restarted.png')
    assert page.evaluate(PLACES) == places
    assert not page.evaluate(BROKEN)
    assert page.locator('.d2l-stage').evaluate('stage => stage.inert')
    again(page)
    page.locator('.d2l-note', has_text='Back from before the kernel ended: the settings and 1 snapshot').wait_for()
    assert style.input_value() == '777'
    assert execute(page, 'print(lab.worker.settings.weights.style, lab.worker.stop_after)').split() == \
        ['777.0', '10000']
    button(page, 'Go back').click()
    page.wait_for_function('() => document.querySelector(".d2l-epoch").textContent === "1"')
    assert execute(page, 'lab.worker.wait(); print(lab.worker.X.asnumpy().sum())') == picture
    page.screenshot(path=shots / 'restarted-and-back.png')
    run_all(page)  # in the same kernel the cell begins anew
    page.locator('.d2l-lab .d2l-ready').wait_for()
    wait_for(lambda: style.input_value() == '1000')
    page.errors.clear()  # the old kernel's widgets are looked for in vain


def test_a_kernel_that_is_killed_is_said(page, shots):
    running(page)
    start = time.monotonic()
    os.kill(int(execute(page, 'import os; print(os.getpid())')), signal.SIGKILL)
    page.locator('.d2l-watch > div').wait_for()
    print(f'said after {time.monotonic() - start:.1f} s: {page.locator(".d2l-watch").inner_text()}')
    page.screenshot(path=shots / 'killed.png')
    told(page, 'has died')
    page.locator('.jp-Dialog').wait_for()
    assert not page.evaluate(BROKEN)
    again(page)
    page.errors.clear()  # as above


def test_the_stop_button_pauses_a_run(page):
    running(page)
    page.evaluate("() => jupyterapp.commands.execute('notebook:interrupt-kernel')")
    wait_for_state(page, 'paused')
    running(page)  # and can be used again
    execute(page, '1 + 1')  # also after a cell
    page.evaluate("() => jupyterapp.commands.execute('notebook:interrupt-kernel')")
    wait_for_state(page, 'paused')
    expect(page.locator('.d2l-left-alone')).to_have_count(0)


def test_a_server_that_is_gone_is_said(chromium, tmp_path, shots):
    shutil.copytree(ROOT / 'notebooks', tmp_path / 'notebooks')
    with new_page(chromium, 1366, 900) as page:
        with serve('lab', tmp_path, tmp_path / 'home') as address:
            open_notebook(page, address, 'notebooks/05_style_lab.ipynb')
            page.locator('.d2l-lab .d2l-ready').wait_for()
            running(page)
        start = time.monotonic()
        told(page, 'No connection to the server', start)
        page.locator('.d2l-panel').scroll_into_view_if_needed()
        page.screenshot(path=shots / 'server-gone.png')


def test_a_busy_kernel_is_no_dead_one(page):
    running(page)
    before = int(page.locator('.d2l-epoch').inner_text())
    page.evaluate("""() => { window.seen = []; window.looking = setInterval(() => window.seen.push(
      document.querySelector('.d2l-watch').textContent), 100); }""")
    execute(page, 'import time; time.sleep(6)')
    wait_for_epoch(page, before + 1)
    page.evaluate('() => clearInterval(window.looking)')
    assert set(page.evaluate('() => window.seen')) == {''}


@pytest.mark.parametrize('name', ['02_features', '03_losses'])
def test_a_panel_of_the_notebooks_says_that_its_kernel_restarted_and_within_3_seconds_that_it_was_killed(
        served, chromium, shots, name):
    with opened(chromium, served, name) as page:
        places = page.evaluate(PLACES)
        page.evaluate('() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }')
        told(page, 'nothing here answers any more')
        assert page.evaluate(PLACES) == places
        assert not page.evaluate(BROKEN)
        page.screenshot(path=shots / f'{name}-restarted.png')

        page.wait_for_function(IDLE)
        run_all(page, PANEL.get(name))
        expect(page.locator('.d2l-watch > div')).to_have_count(0)
        page.wait_for_timeout(2000)  # for some beats
        kernel = int(execute(page, 'import os; print(os.getpid())'))
        page.evaluate(CLOCK)
        os.kill(kernel, signal.SIGKILL)
        page.locator('.d2l-watch > div').first.wait_for()
        seconds, stood_still = page.evaluate('() => [window.said, window.gap].map(ms => ms / 1000)')
        print(f'said after {seconds:.1f} s, in which a busy page stood still for {stood_still:.1f} s at a time')
        assert seconds < 3 + 2 * stood_still
        page.screenshot(path=shots / f'{name}-killed.png')
        page.locator('.jp-Dialog').wait_for()
        for dialog in page.locator('.jp-Dialog .jp-mod-accept').all():
            dialog.click()


def test_the_app_says_to_reload_the_page(app, chromium, shots):  # noqa: F811
    with new_page(chromium) as page:
        others = kernels()
        load(page, app)
        button(page, 'Run').click()
        wait_for_epoch(page, 5)
        start = time.monotonic()
        for kernel in kernels() - others:
            os.kill(kernel, signal.SIGKILL)
        told(page, 'Reload the page', start)
        page.screenshot(path=shots / 'app-killed.png')
