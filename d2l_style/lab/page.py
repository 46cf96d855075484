"""Page: what only the page can do: put a text on the clipboard, save a file where the reader is, outlive the kernel."""
import uuid

import anywidget
import traitlets

KERNEL = uuid.uuid4().hex  # the same for all labs of a kernel, and another one in the next

# The clipboard wants a secure address (https, or this machine); over plain http in a room, the old command will do
SCRIPT = """
async function copy(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here */ }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.cssText = 'position: fixed; opacity: 0';
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus();
  return done;
}

function save(name, media, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], {type: media}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const kept = globalThis.d2lStyleKept ??= new Map();  // {cell: {kernel, things: {name: [text, bytes]}}}

/* Give the lab of a cell what that of another kernel in the same cell has left, and keep its things from now on. */
function opened(model) {
  const cell = model.get('cell'), kernel = model.get('kernel'), before = kept.get(cell);
  const left = before && before.kernel !== kernel ? before.things : new Map(), things = new Map();
  if (cell) kept.set(cell, { kernel, things });
  for (const [name, [text, bytes]] of left) model.send({ left: name, text }, undefined, [bytes]);
  model.send({ opened: true });
  return things;
}

export default {
  initialize({ model }) {
    const things = opened(model);
    model.on('msg:custom', async (message, buffers) => {
      if (message.copy !== undefined) model.send({ copied: await copy(message.copy) });
      else if (message.keep !== undefined) things.set(message.keep, [message.text, buffers[0]]);
      else if (message.drop !== undefined) things.delete(message.drop);
      else save(message.save, message.media, buffers[0]);
    });
  },
};
"""


class Page(anywidget.AnyWidget):
    """A widget without a view. `copied`: whether the last text is on the clipboard; None before the page has answered.

    Where the front end does not know anywidget, nothing happens: so what is copied and saved is also shown.
    `cell`: whose things the page keeps; '' for none. `before`: (name, text, bytes) of each thing that a lab of that
    cell has left in the page when its kernel ended; it is set each time that a page opens the lab.
    """

    _esm = SCRIPT
    copied = traitlets.Bool(None, allow_none=True)
    cell, kernel = traitlets.Unicode().tag(sync=True), traitlets.Unicode(KERNEL).tag(sync=True)
    before = traitlets.List(None, allow_none=True)

    def __init__(self, cell=''):
        super().__init__(cell=cell)
        self._left = []
        self.on_msg(self._answered)

    def keep(self, name, text, content=b''):
        """Have the page keep a text and bytes as the thing called `name`, in place of what that was before."""
        if self.cell:
            self.send({'keep': name, 'text': text}, [content])

    def drop(self, name):
        """Have the page keep the thing called `name` no more."""
        if self.cell:
            self.send({'drop': name})

    def copy(self, text):
        """Put `text` on the clipboard."""
        self.copied = None
        self.send({'copy': text})

    def save(self, name, content, media):
        """Save `content` (bytes) of the type `media` as a file called `name`."""
        self.send({'save': name, 'media': media}, [content])

    def _answered(self, _, message, buffers):
        if 'left' in message:
            self._left.append((message['left'], message['text'], bytes(buffers[0]) if buffers else b''))
        elif 'opened' in message:
            self.before = None  # so that the same again is a change, too
            self.before, self._left = self._left, []
        else:
            self.copied = bool(message.get('copied'))
