"""Saving: the row below the lab that keeps pictures, films, settings, snapshots, and the run as code."""
from dataclasses import replace

from ..checks.writing import NotWrittenError, reason
from . import parts as widgets
from .cells import running_cell
from .controls import button
from .digits import written
from .files import Film, download_link, png_with_settings, settings_in_png
from .page import Page
from .panel import Message
from .recipe import as_code
from .snapshots import Gallery
from .upload import Upload


class Saving(widgets.VBox):
    """Buttons, the link and the code that they make, and the snapshots.

    `worker`: whose run is saved. `most_pixels`, `most_bytes`: of a picture that is loaded. `do(task)`: has the worker
    do it, and tells its errors. `say(text, kind)`: tells a sentence here. `used()`: notes that the user is here.
    `begin(settings)`: starts anew with what was loaded. `go_back(moment)`: what a snapshot's button does.
    """

    def __init__(self, worker, most_pixels, most_bytes, *, do, say, used, begin, go_back):
        self.worker, self.most_pixels, self._say, self._used, self._begin = worker, most_pixels, say, used, begin
        self.page, self.film, self.gallery, self.message = Page(running_cell()), Film(), Gallery(go_back), Message()
        self.link = widgets.HTML(layout=widgets.Layout(display='none'))
        self.code = widgets.Textarea(layout=widgets.Layout(width='100%', height='220px', display='none'),
                                     tooltip='the cell that repeats the run: select all and copy')
        self.code.add_class('d2l-code')
        self.page.observe(self._copied, 'copied')
        self.load = Upload('Load settings', 'take the settings out of a PNG that the lab has saved', '.png', most_bytes)
        self.load.observe(self._loaded, 'value')
        self.buttons = [
            button('Save PNG', 'the picture as a file, with its settings inside', lambda _: do(self._save)),
            button('Save GIF', 'the run as a short film', lambda _: do(lambda: self._save_film('gif'))),
            button('Save MP4', 'the run as a short film', lambda _: do(lambda: self._save_film('mp4'))),
            self.load,
            button('Copy as code', 'the cell that repeats this run with train', lambda _: do(self._show_code))]
        row = widgets.HBox(self.buttons, layout={'flex_flow': 'row wrap'})
        super().__init__([widgets.HTML('<b>Keep</b>'), row, self.message, self.link, self.code, self.gallery])

    def quiet(self):
        """Take away link and code, which are of a run that is no more."""
        self.link.value, self.link.layout.display = '', 'none'
        self.code.value, self.code.layout.display = '', 'none'

    def _loaded(self, change):
        if not change['new']:
            return None
        self._used()
        file, self.load.value = change['new'][0], ()
        try:
            if not file['content']:
                raise ValueError('the file is empty or too large')
            parts = settings_in_png(bytes(file['content']))
            settings = self._allowed(parts)
        except ValueError as error:
            return self._say(f'Nothing was loaded: {error}.')
        self._begin(settings)
        self._put_code(as_code(parts))
        epochs = sum(part.epochs for part in parts)
        self._say(f'Settings loaded; the picture took {written(epochs)} epochs. Press Run to train with them, or take '
                  'the code below, which repeats the run step by step.', 'note')
        return None

    def _allowed(self, parts):
        """The last settings of a loaded recipe; `ValueError` if they can't be used here."""
        if not parts:
            raise ValueError('the picture was saved before anything was trained')
        last = parts[-1].last()
        for name in (last.content, last.style):
            if name not in self.worker.pictures:
                raise ValueError(f'the picture “{name}” is not here: upload it under Pictures, then load again')
        if last.image_shape[0] * last.image_shape[1] > self.most_pixels:
            raise ValueError(f'its size, {last.image_shape[0]} × {last.image_shape[1]}, is too large here')
        return replace(last, start=parts[0].settings.start)

    def _copied(self, change):
        if change['new'] is not None:
            text = 'Copied: paste it into a cell of a notebook.' if change['new'] else \
                'The browser does not let the lab copy: click into the code, select all, and copy.'
            self._say(text, 'note')

    # What happens in the worker's thread

    def _save(self):
        moment = self.worker.moment()
        self._link('png', png_with_settings(moment.picture(), moment.parts), 'image/png')

    def _save_film(self, kind):
        try:
            content = self.film.encode(kind)
        except OSError as error:
            why = reason(error).splitlines()[0]
            raise NotWrittenError(f'the film needs room in the folder for temporary files ({why}): make room there, or '
                                  'take Save GIF, which needs none; the film is kept until then') from None
        self._link(kind, content, {'gif': 'image/gif', 'mp4': 'video/mp4'}[kind])

    def _link(self, ending, content, media):
        name = f'style-lab-epoch-{len(self.worker.history)}.{ending}'
        self.link.value, self.link.layout.display = download_link(name, content, media), ''
        self.page.save(name, content, media)

    def _show_code(self):
        self._put_code(as_code(self.worker.parts))
        self.page.copy(self.code.value)

    def _put_code(self, code):
        self.code.value, self.code.layout.display = code, ''
