"""Lab: controls, worker and views put together, and the page's look."""
import atexit
import html
from dataclasses import replace
from pathlib import Path
from weakref import WeakSet

import ipywidgets as widgets
from IPython import get_ipython
from tqdm import tqdm

from ..images import check_shape, fit_shape, preprocess, read_image
from ..store.decode import MAX_PIXELS
from .controls import LayerControls, PictureControls, TrainingControls, WeightControls, catalogue, merged
from .help import EXPERIMENTS
from .keep import Film, Gallery, download_link, png_with_settings, settings_in_png
from .pace import Pace
from .parts import Panel, close_parts
from .recipe import Settings, as_code, chapters, on_backbone
from .views import CompositeView, Curves, GramView, LayerBars, PictureView, at_most
from .worker import Worker, to_picture

STILL = Path(__file__).resolve().parents[1] / 'pictures' / 'style-lab.png'
STYLE = (Path(__file__).parent / 'lab.css').read_text(encoding='utf-8')
ABOUT = 'The Style Lab: open this notebook in JupyterLab and run this cell to start it.'
DETAILS_EVERY = 4  # pictures: numbers, curves, bars and Gram matrices are drawn less often
SOURCE_SIDE = 225  # pixels: content and style image stand beside the composite image, not in its way
VISITORS = {'most_pixels': 450 * 300, 'most_bytes': 10_000_000, 'most_epochs': 500}
OWNERS = {'most_pixels': MAX_PIXELS, 'most_bytes': 90_000_000, 'most_epochs': 100_000}

_labs = WeakSet()
_by_cell = {}


def style_lab(content='mountain_lake', style='painted_hills', backbone='vgg19_slim', image_shape=(225, 150), *,
              visitors=False):
    """The Style Lab, to be displayed in a notebook.

    `content`, `style`: names in `CATALOGUE` or paths. `image_shape`: (width, height) that the content
    image is fitted into. `visitors`: for a page that others use: at most 450 × 300 pixels, 10 MB for
    an upload, and 500 epochs. Running a cell again closes the lab that it had made before.
    Raises what `read_image` raises, and `ValueError` for an unknown backbone or size.
    """
    limits, pictures = VISITORS if visitors else OWNERS, catalogue()
    for name in (content, style):
        if name not in pictures:
            pictures[name] = read_image(name)
    width, height = fit_shape(pictures[content], check_shape(image_shape))
    if width * height > limits['most_pixels']:
        raise ValueError(f'image_shape gives {width}×{height}: at most {limits["most_pixels"]} pixels are allowed here')
    lab = StyleLab(on_backbone(Settings(content, style, (width, height)), backbone), pictures, **limits)
    cell = _cell()
    if cell:
        before = _by_cell.pop(cell, None)
        if before:
            before.close()
        _by_cell[cell] = lab
    lab.worker.wait(timeout=10)  # for the start picture, so that the cell ends with a lab that is complete
    return lab


def _cell():
    """The id of the notebook's cell that is running, if the front end tells it (JupyterLab does)."""
    try:
        return get_ipython().kernel.get_parent('shell')['metadata'].get('cellId')
    except (AttributeError, KeyError, TypeError):
        return None


class StyleLab(Panel):
    """The lab as one widget. `worker` holds the run; `close()` ends it.

    `settings`: the first ones. `pictures`: {name: picture from `read_image`} to choose from.
    `most_pixels`, `most_bytes` of an upload, `most_epochs`: what a user may ask for.
    """

    def __init__(self, settings, pictures, *, most_pixels, most_bytes, most_epochs):
        self.worker = Worker(settings, pictures, self._watch)
        self.pace, self.film = Pace(), Film()
        self._drawn = self._sources = self._compared = self._state = None
        self.weights = WeightControls(settings.weights, self._changed)
        self.layers = LayerControls(settings, self._changed)
        self.training = TrainingControls(settings, self._changed, most_epochs)
        self.choice = PictureControls(settings, pictures, self._changed, self.say, most_pixels, most_bytes)
        self._make_run_bar()
        self._make_views()
        self._make_keep()
        super().__init__(self._arrange(), STILL.read_bytes(), ABOUT)
        self.add_class('d2l-lab')
        _labs.add(self)
        self.worker.reset()

    # What it is made of

    def _make_run_bar(self):
        self.run = _button('Run', 'start or pause the training', self._run_or_pause, 'primary')
        self.step = _button('Step', 'train a single epoch', lambda _: self.worker.run(1))
        self.reset = _button('Reset', 'throw the run away and begin with the start picture', self._reset)
        self.progress = widgets.IntProgress(min=0, max=500, layout={'flex': '1 1 60px', 'width': 'auto',
                                                                    'max_width': '240px'})
        self.state, self.numbers = widgets.HTML(), widgets.HTML()
        self.message = widgets.HTML(layout={'display': 'none'})
        self.numbers.add_class('d2l-numbers')
        self.chapter = _button('Chapter’s settings', 'layers, weights and training as in the chapter',
                               lambda _: self._preset(chapters(self.worker.settings)))
        self.lively = _button('Lab’s settings', 'the chapter’s, with a learning rate of 0.1 that stays',
                              lambda _: self._preset(replace(chapters(self.worker.settings), lr=0.1, lr_decay_epoch=0)))

    def _make_views(self):
        self.composite = CompositeView()
        self.content, self.style = PictureView('content image'), PictureView('style image')
        self.sources = widgets.Box([self.content, self.style])
        self.sources.add_class('d2l-sources')
        self.curves, self.bars, self.grams = Curves(), LayerBars(), GramView()

    def _make_keep(self):
        self.gallery = Gallery(self._go_back)
        self.link = widgets.HTML()
        self.code = widgets.Textarea(layout={'width': '100%', 'height': '220px', 'display': 'none'},
                                     tooltip='the cell that repeats the run: select all and copy')
        self.code.add_class('d2l-code')
        self.load = widgets.FileUpload(accept='.png', description='Load settings', layout={'width': 'auto'},
                                       tooltip='take the settings out of a PNG that the lab has saved')
        self.load.observe(self._loaded, 'value')
        self.keepers = [
            _button('Snapshot', 'keep the picture and its settings here, to go back to', lambda _: self._task(
                lambda: self.gallery.add(self.worker.moment()))),
            _button('Save PNG', 'the picture as a file, with its settings inside', lambda _: self._task(self._save)),
            _button('Save GIF', 'the run as a short film', lambda _: self._task(lambda: self._save_film('gif'))),
            _button('Save MP4', 'the run as a short film', lambda _: self._task(lambda: self._save_film('mp4'))),
            self.load,
            _button('Copy as code', 'the cell that repeats this run with train', lambda _: self._task(self._show_code))]

    def _arrange(self):
        tabs = widgets.Tab([self.weights, self.layers, self.training, self.choice, self._guide()])
        tabs.titles = ('Weights', 'Layers', 'Training', 'Pictures', 'Try it')
        details = widgets.Tab([self.bars, self.grams], titles=('Layers', 'Gram matrices'))
        controls = widgets.VBox([widgets.HBox([self.chapter, self.lively]), tabs])
        views = widgets.VBox([self.curves, details])
        keep = widgets.VBox([widgets.HTML('<b>Keep</b>'), widgets.HBox(self.keepers, layout={'flex_flow': 'row wrap'}),
                             self.link, self.code, self.gallery])
        for box, name in ((controls, 'controls'), (views, 'views'), (keep, 'keep'), (tabs, 'tabs'), (details, 'tabs')):
            box.add_class(f'd2l-{name}')
        bar = widgets.HBox([self.run, self.step, self.reset, self.state, self.progress, self.numbers])
        bar.add_class('d2l-bar')
        pictures = widgets.HBox([self.composite, self.sources])
        pictures.add_class('d2l-pictures')
        below = widgets.HBox([controls, views, keep], layout={'flex_flow': 'row wrap'})
        below.add_class('d2l-below')
        return [widgets.HTML(f'<style>{STYLE}</style>', layout={'display': 'none'}), bar, self.message, pictures,
                self.composite.tools, below]

    def _guide(self):
        parts = []
        for number, experiment in enumerate(EXPERIMENTS, start=1):
            start = _button('Set it up', f'settings of experiment {number}, and a reset',
                            lambda _, experiment=experiment: self._experiment(experiment))
            parts += [widgets.HTML(f'<div class="d2l-text"><b>{number}. {experiment.title}</b><br>{experiment.do}<br>'
                                   f'<i>Watch:</i> {experiment.watch}</div>'), start]
        return widgets.VBox(parts)

    # What the user does: none of it computes

    def say(self, text, kind='error'):
        """Show a sentence under the buttons; an empty one takes it away."""
        role = 'alert' if kind == 'error' else 'status'
        self.message.layout.display = '' if text else 'none'
        self.message.value = f'<div class="d2l-{kind}" role="{role}">{html.escape(text)}</div>' if text else ''

    def _changed(self, stop_after=None, **values):
        worker = self.worker
        self.pace.turned()
        if stop_after:
            worker.stop_after = stop_after
            return self._show_state()
        before, worker.settings = worker.settings, merged(worker.settings, **values)
        measured = self.bars.measured
        if measured and len(worker.settings.style_layers) == len(measured.grams):
            self.bars.show(measured, worker.settings.weights)
        if (before.frame(), before.start) != (worker.settings.frame(), worker.settings.start):
            worker.do(self._reset_if_new)
        return None

    def _run_or_pause(self, _):
        if self.worker.training:
            self.worker.pause()
        else:
            self.say('')
            self.worker.run()
        self._show_state()

    def _reset(self, _=None):
        self.say('')
        self.film.clear()
        self.worker.reset()

    def _apply(self, settings):
        self.worker.settings = settings
        for controls in (self.weights, self.layers, self.training, self.choice):
            controls.set(settings)

    def _preset(self, settings):
        self._apply(settings)
        self.training.stop.value = 500
        self.worker.do(self._reset_if_new)

    def _experiment(self, experiment):
        now = self.worker.settings
        settings = replace(experiment.settings, content=now.content, style=now.style, image_shape=now.image_shape)
        self._apply(on_backbone(settings, now.backbone))
        self.training.stop.value = min(experiment.stop_after, self.training.stop.max)
        self._reset()

    def _go_back(self, moment):
        self._apply(replace(moment.settings, start=self.worker.settings.start))
        self.worker.restore(moment)

    def _loaded(self, change):
        if not change['new']:
            return None
        file, self.load.value = change['new'][0], ()
        try:
            parts = settings_in_png(bytes(file['content']))
            settings = self._allowed(parts)
        except ValueError as error:
            return self.say(f'Nothing was loaded: {error}.')
        self._apply(settings)
        self._reset()
        self._put_code(as_code(parts))
        epochs = sum(part.epochs for part in parts)
        self.say(f'Settings loaded; the picture took {epochs} epochs. Press Run to train with them, or take the '
                 'code below, which repeats the run step by step.', 'note')
        return None

    def _allowed(self, parts):
        """The last settings of a loaded recipe; `ValueError` if they can't be used here."""
        if not parts:
            raise ValueError('the picture was saved before anything was trained')
        last = parts[-1].last()
        for name in (last.content, last.style):
            if name not in self.worker.pictures:
                raise ValueError(f'the picture “{name}” is not here: upload it under Pictures, then load again')
        if last.image_shape[0] * last.image_shape[1] > self.choice.most_pixels:
            raise ValueError(f'its size, {last.image_shape[0]} × {last.image_shape[1]}, is too large here')
        return replace(last, start=parts[0].settings.start)

    # What happens in the worker's thread

    def _task(self, task):
        def report_errors():
            try:
                task()
            except (ValueError, OSError, RuntimeError) as error:  # the run has nothing to do with it and goes on
                self.say(f'{error}.')
        self.say('')
        self.worker.do(report_errors)

    def _reset_if_new(self):
        if not self.worker.history:
            self.worker.reset()

    def _save(self):
        moment = self.worker.moment()
        self._link('png', png_with_settings(moment.picture(), moment.parts), 'image/png')

    def _save_film(self, kind):
        self._link(kind, self.film.encode(kind), {'gif': 'image/gif', 'mp4': 'video/mp4'}[kind])

    def _link(self, ending, content, media):
        name = f'style-lab-epoch-{len(self.worker.history)}.{ending}'
        self.link.value = download_link(name, content, media)

    def _show_code(self):
        self._put_code(as_code(self.worker.parts))

    def _put_code(self, code):
        self.code.value, self.code.layout.display = code, ''

    def _watch(self, worker):
        """Show what has changed: pictures at the browser's pace, curves and bars less often."""
        running = worker.state == 'running'
        if self._state != (worker.state, worker.message):
            self._show_state()
        if worker.state == 'preparing' or worker.X is None:
            return
        if running and self.film.wants(len(worker.history)):
            self.film.add(to_picture(worker.X))
        if worker.settings.lr != self.training.lr.value:  # the generator has divided it by ten
            self.training.set(worker.settings)
        used = worker.history[-1].weights if worker.history else None
        if running and not self.pace.ready() and (used == self._drawn or self.pace.waiting):
            return
        self._drawn = used
        self._show_pictures(worker)
        if not running or self.pace.pictures % DETAILS_EVERY == 0:
            measured = worker.transfer.measure(worker.X)
            self.bars.show(measured, worker.used().weights)
            self.grams.show(measured)
            self.curves.show(worker.history)
            self._show_state()
        self.pace.sent()

    def _show_pictures(self, worker):
        if self._compared is not worker.transfer:
            self._compared = worker.transfer
            self.before = to_picture(worker.transfer.content_X)
        wanted = worker.settings
        if self._sources != (wanted.content, wanted.style, wanted.image_shape):
            self._sources = wanted.content, wanted.style, wanted.image_shape
            for view, name in ((self.content, wanted.content), (self.style, wanted.style)):
                view.show(at_most(to_picture(preprocess(worker.pictures[name], wanted.image_shape)), SOURCE_SIDE))
            self.sources.layout.flex_flow = 'row wrap' if max(wanted.image_shape) <= SOURCE_SIDE else 'column'
        self.composite.show(to_picture(worker.X), self.before, worker.used().weights)

    def _show_state(self):
        worker, done = self.worker, len(self.worker.history)
        self.run.description = 'Pause' if worker.training else 'Run'
        self.step.disabled = worker.training
        state = worker.state
        self.progress.max, self.progress.value = worker.stop_after, min(done, worker.stop_after)
        left = max(0, worker.stop_after - done) / worker.rate if worker.rate else 0
        self.numbers.value = (f'<span>epoch <b class="d2l-epoch">{done}</b> of {worker.stop_after}</span>' + (
            f'<span>{worker.rate:.1f} epochs/s</span><span>{tqdm.format_interval(left)} left</span>' * bool(left)))
        if self._state != (state, worker.message):
            self._state = state, worker.message
            self.state.value = f'<span class="d2l-state d2l-{state}" role="status">{state}</span>'
            if worker.message:
                self.say(worker.message, 'error' if state == 'failed' else 'note')

    def close(self):
        """End the run and take the lab off the page."""
        self.worker.close()
        self.pace.close()
        close_parts(self)
        super().close()


def _button(text, tooltip, on_click, style=''):
    button = widgets.Button(description=text, tooltip=tooltip, button_style=style, layout={'width': 'auto'})
    button.on_click(on_click)
    return button


@atexit.register
def _close_all():
    for lab in list(_labs):  # a thread inside MXNet would outlive the interpreter
        lab.worker.close(timeout=10)
