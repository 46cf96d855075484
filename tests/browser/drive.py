"""Start JupyterLab or Voilà without a screen, and drive it with Chromium."""
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
AXE = Path(os.environ.get('AXE') or f'{sys.prefix}/axe/node_modules/axe-core/axe.min.js')
# a browser that asks nobody outside for anything; as root it has no sandbox
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync']
LARGE_UPLOADS = "tornado_settings={'websocket_max_message_size': 100000000}"  # as the Makefile has it
# picture, losses and the four sliders: none is cut off by the screen, or by the panel that scrolls
SEEN_TOGETHER = """() => {
  const panel = document.querySelector('.d2l-controls .widget-tab-contents');
  const parts = ['.d2l-composite .d2l-picture', '.d2l-legend', '.d2l-chart', '.d2l-chart .d2l-column',
                 '.d2l-weights .noUi-target', '.d2l-weights input'].map(one => [...document.querySelectorAll(one)]);
  const notebook = document.querySelector('.jp-NotebookPanel')?.getBoundingClientRect();
  const inside = e => { const box = e.getBoundingClientRect();
    return box.width && box.y >= 0 && box.bottom <= (notebook?.bottom ?? innerHeight) && box.right <= innerWidth; };
  return { counts: parts.map(found => found.length), cut: parts.flat().filter(e => !inside(e)).map(e => e.className),
           scrolls: panel.scrollHeight > panel.clientHeight }; }"""
CONNECTED = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.sessionContext?.session;
  return session?.kernel?.connectionStatus === 'connected'; }"""


def chromium():
    """Path of a Chromium or Chrome on this machine, or None. `$CHROMIUM` comes first."""
    names = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
    return os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, names)), None)


def lacking():
    """What keeps these tests from driving a browser here, or ''."""
    if chromium() is None:
        return 'Chromium is not installed'
    try:
        ctypes.CDLL('libatomic.so.1' if sys.platform == 'linux' else None)
    except OSError:
        return 'libatomic, which Playwright needs, is not installed'
    return ''


def _environment(home):
    folders = {name: str(home / name) for name in (
        'JUPYTER_CONFIG_DIR', 'JUPYTER_DATA_DIR', 'JUPYTER_RUNTIME_DIR', 'JUPYTERLAB_SETTINGS_DIR',
        'JUPYTERLAB_WORKSPACES_DIR', 'IPYTHONDIR', 'MPLCONFIGDIR', 'D2L_STYLE_CACHE', 'MXNET_HOME')}
    path = f'{BIN}{os.pathsep}{os.environ["PATH"]}'  # kernels start plain "python"
    return dict(os.environ, **folders, PATH=path, D2L_STYLE_PROFILE='embedded', D2L_STYLE_WEIGHTS='')


def _free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def serve(kind, folder, home):
    """Serve `folder` with 'lab', or the notebook `folder` with 'voila'; yields the address.

    `home`: a folder for all that Jupyter, the server and the kernels write.
    """
    port = _free_port()
    options = ['--no-browser', f'--port={port}']
    if kind == 'lab':
        options += ['--ip=127.0.0.1', '--allow-root', f'--ServerApp.root_dir={folder}', '--IdentityProvider.token=',
                    '--ServerApp.port_retries=0', f'--ServerApp.{LARGE_UPLOADS}', '--LabApp.expose_app_in_browser=True']
        command = [BIN / 'jupyter', 'lab', *options]
    else:
        command = [BIN / 'voila', folder, '--Voila.ip=127.0.0.1', f'--Voila.config_file_paths={ROOT / "classroom/app"}',
                   *options]
    home.mkdir(parents=True, exist_ok=True)
    settings = home / 'JUPYTERLAB_SETTINGS_DIR' / '@jupyterlab' / 'docmanager-extension'
    settings.mkdir(parents=True, exist_ok=True)
    # after two minutes a page would save over what the next test opens
    (settings / 'plugin.jupyterlab-settings').write_text('{"autosave": false}')
    with (home / f'{kind}.log').open('w+') as log:
        process = subprocess.Popen([str(part) for part in command], env=_environment(home), stdout=log,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _wait_for(f'http://127.0.0.1:{port}/api/status', process, log)
            yield f'http://127.0.0.1:{port}'
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(address, process, log):
    while True:
        try:
            return urllib.request.urlopen(address, timeout=300)
        except urllib.error.HTTPError:  # Voilà has no such page, and answers; its own page would start a kernel
            return None
        except OSError:
            if process.poll() is not None:
                log.seek(0)
                raise RuntimeError(f'the server did not start:\n{log.read()[-2000:]}') from None
            time.sleep(0.2)


# JupyterLab makes cells when they come in sight, and each may push the others away: until nothing moves any more
STILL = """async element => {
  const place = () => { const box = element.getBoundingClientRect(); return `${box.x} ${box.y}`; };
  for (let same = 0, before = ''; same < 10; same = before === place() ? same + 1 : 0) {
    element.scrollIntoView({block: 'center'});
    before = place();
    await new Promise(done => setTimeout(done, 50));
  } }"""


@contextlib.contextmanager
def chrome():
    """A headless Chromium. Only one at a time: Playwright takes the thread."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS,
                                               ignore_default_args=['--hide-scrollbars'])
        try:
            yield started
        finally:
            started.close()


@contextlib.contextmanager
def new_page(chrome, width=1280, height=1000):
    """A page of it that shares nothing with others; `page.errors` collects what its console calls an error."""
    page = chrome.new_page(viewport={'width': width, 'height': height})
    page.set_default_timeout(300_000)  # for what never happens: no busy machine takes as long
    page.errors = []
    page.on('console', lambda message: message.type == 'error' and page.errors.append(message.text))
    page.on('pageerror', lambda error: page.errors.append(str(error)))
    try:
        yield page
    finally:
        page.close()


# the cell that makes the panel of a notebook whose other cells take long
PANEL = {'03_losses': 'mix_losses('}


def open_notebook(page, address, notebook, run=True):
    """Open a notebook in JupyterLab, wait for its kernel, and run its cells, where `PANEL` has it up to that one."""
    page.goto(f'{address}/lab/tree/{notebook}?reset')
    page.wait_for_selector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook')
    # the toolbar says "idle" before the kernel is connected: ask the session itself
    page.wait_for_function(CONNECTED)
    page.evaluate("""async () => { const context = jupyterapp.shell.currentWidget.sessionContext;
                     await context.ready; await context.session.kernel.info; }""")
    if run:
        run_all(page, PANEL.get(Path(notebook).stem.split('-')[0]))


def copy_of(page, address, name):
    """The path of a copy of a notebook, for a test that saves it: others open it as it was."""
    page.goto(f'{address}/lab?reset')
    page.wait_for_function('() => window.jupyterapp')
    return page.evaluate("async path => (await jupyterapp.serviceManager.contents.copy(path, 'notebooks')).path",
                         f'notebooks/{name}.ipynb')


def expect(locator):
    """Playwright's assertions about `locator`, which wait: a page shows a moment later what a click has done."""
    from playwright import sync_api
    sync_api.expect.set_options(timeout=300_000)
    return sync_api.expect(locator)


def run_all(page, last=None):
    """Run all cells, or those up to the one that begins with `last`; returns when each has answered."""
    if last is None:
        assert page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')") is True
        return
    assert page.evaluate("""async last => { const { content } = jupyterapp.shell.currentWidget;
      content.activeCellIndex = content.widgets.findIndex(cell => cell.model.sharedModel.source.startsWith(last));
      return await jupyterapp.commands.execute('notebook:run-all-above')
        && await jupyterapp.commands.execute('notebook:run-cell'); }""", last)


def sticks_out(page, inside):
    """What is wider than its place and would need a horizontal scroll bar, in the element `inside` or around it."""
    return page.evaluate("""inside => {
      const root = document.querySelector(inside), all = [...root.querySelectorAll('*'), root];
      for (let e = root.parentElement; e; e = e.parentElement) all.push(e);
      return all.filter(e => e.scrollWidth > e.clientWidth + 1 &&
                        ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))
        .map(e => { const right = e.getBoundingClientRect().right + 1;
          const out = [...e.querySelectorAll('*')].filter(c => c.getBoundingClientRect().right > right);
          return `${e.className}: ${e.scrollWidth} > ${e.clientWidth}, by ` +
            out.map(c => `${c.className} ${c.textContent.slice(0, 40)}`).slice(0, 5).join('; '); }); }""", inside)


def complaints(page, inside, without=()):
    """What axe-core holds against the elements `inside`, serious or critical, but for the rules `without`."""
    if not AXE.is_file():
        pytest.skip(f'NO AXE: what a screen reader is told was not tested; {AXE} is missing, see `make test`')
    page.evaluate(AXE.read_text(encoding='utf-8'))
    return page.evaluate("""async ([inside, without]) => {
      const rules = Object.fromEntries(without.map(rule => [rule, {enabled: false}]));
      const found = await axe.run(inside, {rules, resultTypes: ['violations']});
      return found.violations.filter(rule => ['serious', 'critical'].includes(rule.impact)).flatMap(rule =>
        rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`)); }""", [inside, list(without)])


def drag(page, slider):
    """Drag a slider by a quarter of its width with the mouse, to where there is room; its values before and after."""
    track, handle = slider.locator('.noUi-target'), slider.get_by_role('slider')
    track.evaluate(STILL)
    box, knob = track.bounding_box(), handle.bounding_box()
    x, y = knob['x'] + knob['width'] / 2, knob['y'] + knob['height'] / 2
    right = x + box['width'] / 4 <= box['x'] + box['width']
    before = float(handle.get_attribute('aria-valuenow'))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + (1 if right else -1) * box['width'] / 4, y, steps=8)
    page.mouse.up()
    after = float(handle.get_attribute('aria-valuenow'))
    low, high = (float(handle.get_attribute(f'aria-value{end}')) for end in ('min', 'max'))
    return box['width'], before, after, low, high


def execute(page, code):
    """Run `code` in the kernel of the open notebook, without a cell, and return what it prints."""
    return page.evaluate("""async code => {
      const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const future = kernel.requestExecute({code, store_history: false});
      let text = '';
      future.onIOPub = message => { text += message.content.text ?? (message.content.traceback ?? []).join('\\n'); };
      await future.done;
      return text; }""", code)
