"""Page: what only the page can do, to put a text on the clipboard and to save a file where the reader is."""
import anywidget
import traitlets

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

export default {
  initialize({ model }) {
    model.on('msg:custom', async (message, buffers) => {
      if (message.copy !== undefined) model.send({ copied: await copy(message.copy) });
      else save(message.save, message.media, buffers[0]);
    });
  },
};
"""


class Page(anywidget.AnyWidget):
    """A widget without a view. `copied`: whether the last text is on the clipboard; None before the page has answered.

    Where the front end does not know anywidget, nothing happens: so what is copied and saved is also shown.
    """

    _esm = SCRIPT
    copied = traitlets.Bool(None, allow_none=True)

    def __init__(self):
        super().__init__()
        self.on_msg(self._answered)

    def copy(self, text):
        """Put `text` on the clipboard."""
        self.copied = None
        self.send({'copy': text})

    def save(self, name, content, media):
        """Save `content` (bytes) of the type `media` as a file called `name`."""
        self.send({'save': name, 'media': media}, [content])

    def _answered(self, _, message, __):
        self.copied = bool(message.get('copied'))
