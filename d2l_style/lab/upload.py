"""Upload: a button for a file from where the reader is. That of ipywidgets says how many it holds: none."""
import anywidget
import traitlets

SCRIPT = """
export default {
  render({ model, el }) {
    const button = document.createElement('button'), input = document.createElement('input');
    button.className = 'jupyter-widgets jupyter-button widget-button d2l-upload';
    button.textContent = model.get('description');
    button.title = model.get('hint');
    input.type = 'file';
    input.accept = model.get('accept');
    input.hidden = true;
    button.addEventListener('click', () => input.click());
    input.addEventListener('change', async () => {
      const file = input.files[0];
      if (!file) return;
      const content = file.size > model.get('most') ? new ArrayBuffer(0) : await file.arrayBuffer();
      model.send({ name: file.name, size: file.size }, undefined, [content]);
      input.value = '';  // the same file again is a change, too
    });
    el.append(button, input);
  },
};
"""


class Upload(anywidget.AnyWidget):
    """A button for a file. `value`: () or one dictionary with its name, size and content (bytes), as in a `FileUpload`.

    Of a file larger than `most` bytes nothing but name and size is sent: the server would close the connection.
    """

    _esm = SCRIPT
    description, hint = traitlets.Unicode().tag(sync=True), traitlets.Unicode().tag(sync=True)
    accept, most = traitlets.Unicode().tag(sync=True), traitlets.Int().tag(sync=True)
    value = traitlets.Tuple()

    def __init__(self, description, hint, accept, most):
        super().__init__(description=description, hint=hint, accept=accept, most=most)
        self.layout.width = 'auto'
        self.on_msg(self._sent)

    def _sent(self, _, message, buffers):
        self.value = ({'name': message['name'], 'size': message['size'], 'content': bytes(buffers[0])},)
