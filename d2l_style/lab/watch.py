"""Watch: the page says when there is no kernel any more behind a panel, since nothing else can.

A kernel’s end as the page sees it: JupyterLab cuts its widgets off when it restarts one, and knows whether the
connection holds; and a kernel that is killed stops beating, seconds before anyone tells.
"""
import atexit
import threading
from weakref import WeakSet

import anywidget
import traitlets

BEAT = 0.5  # seconds
AGAIN = 'Run all cells again (menu “Run”)'
NOTEBOOK = {
    'over': f'The kernel was restarted or has died: nothing here answers any more. {AGAIN}.',
    'cut': 'No connection to the server. If only the network is gone, it comes back by itself. If the server was '
           f'stopped, start it again. {AGAIN} then.',
    'quiet': 'The kernel gives no sign of life: it has died, or the machine is very busy. If this stays, restart it '
             f'(menu “Kernel”). {AGAIN} then.'}
LAB = {**NOTEBOOK, 'over': 'The kernel was restarted or has died: this run is over, and nothing here answers any more. '
                           f'{AGAIN} before you reload the page: settings and snapshots come back.'}
APP = dict.fromkeys(NOTEBOOK, 'The program behind this page does not answer: it has ended, or the connection is gone. '
                              'If this stays, the run is over. Reload the page to begin a new one.')
SCRIPT = """
const QUIET = 2400;  // milliseconds

export default {
  render({ model, el }) {
    el.classList.add('d2l-watch');
    el.setAttribute('role', 'alert');
    let beaten = performance.now(), last = '';
    const why = panel => {
      const kernel = model.widget_manager?.kernel;
      if (panel.classList.contains('jupyter-widgets-disconnected')) return 'over';
      if (['restarting', 'autorestarting', 'dead', 'terminating'].includes(kernel?.status)) return 'over';
      if (kernel && kernel.connectionStatus !== 'connected') return 'cut';
      return model.get('beat') && performance.now() - beaten > QUIET ? 'quiet' : '';
    };
    const look = () => {
      const panel = el.closest('.d2l-panel');
      const found = panel ? why(panel) : '';
      if (found === last) return;
      last = found;
      panel.classList.toggle('d2l-left-alone', Boolean(found));
      for (const part of panel.children) if (part !== el) part.inert = found === 'over';
      const said = document.createElement('div');
      said.textContent = model.get('words')[found];
      el.replaceChildren(...found ? [said] : []);
    };
    const beat = () => { beaten = performance.now(); look(); };
    model.on('change:beat', beat);
    const timer = setInterval(look, 200);
    return () => { clearInterval(timer); model.off('change:beat', beat); };
  },
};
"""

_watches = WeakSet()


class Watch(anywidget.AnyWidget):
    """Says in the panel that it belongs to when the kernel is gone, and what to do. `words`: {'over', 'cut', 'quiet'}.

    With `start` it beats until `stop`, so that a kernel that was killed is noticed at once.
    """

    _esm = SCRIPT
    words = traitlets.Dict().tag(sync=True)
    beat = traitlets.Int(0).tag(sync=True)

    def __init__(self, words=NOTEBOOK):
        super().__init__(words=words)
        self._ended, self._thread = threading.Event(), None
        _watches.add(self)

    def start(self):
        """Beat, in a thread: the kernel may be busy with a cell. Once is enough."""
        if self._thread:
            return
        self._thread = threading.Thread(target=self._beat, name='style lab beat', daemon=True)
        self._thread.start()

    def stop(self):
        """Beat no more."""
        self._ended.set()
        if self._thread:
            self._thread.join()

    def _beat(self):
        while not self._ended.wait(BEAT):
            self.beat += 1


@atexit.register
def _stop_all():
    for watch in list(_watches):
        watch.stop()
