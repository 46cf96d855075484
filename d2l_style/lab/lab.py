"""Lab: controls, worker and views put together, and the page's look."""
import atexit
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import WeakSet

import ipywidgets as widgets
from IPython import get_ipython
from tqdm import tqdm

from ..images import check_shape, fit_shape, preprocess, read_image
from ..store.decode import MAX_PIXELS
from .browser import Browser
from .controls import (
    EPOCHS,
    LayerControls,
    PictureControls,
    TrainingControls,
    WeightControls,
    button,
    catalogue,
    merged,
)
from .effects import Effects
from .help import EXPERIMENTS
from .keep import Film, Gallery, download_link, png_with_settings, settings_in_png
from .pace import Pace
from .parts import Message, Panel, close_parts
from .recipe import Settings, as_code, chapters, on_backbone
from .views import CompositeView, Curves, GramView, LayerBars, PictureView, at_most
from .worker import Worker, to_picture

STILL = Path(__file__).resolve().parents[1] / 'pictures' / 'style-lab.png'
STYLE = (Path(__file__).parent / 'lab.css').read_text(encoding='utf-8')
ABOUT = 'The Style Lab: open this notebook in JupyterLab and run this cell to start it.'
DETAILS_EVERY = 4  # pictures: numbers, curves, bars and Gram matrices are drawn less often
SOURCE_SIDE = 450  # pixels: content and style image are there to be compared with, and sent once
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
        self.worker.stop_after = EPOCHS
        self.pace, self.film, self.browser = Pace(), Film(), Browser()
        self._drawn = self._sources = self._compared = self._state = None
        self.weights = WeightControls(settings, partial(self._changed, 'run'))
        self.layers = LayerControls(settings, partial(self._changed, 'layers'))
        self.training = TrainingControls(settings, partial(self._changed, 'run'), most_epochs)
        self.choice = PictureControls(settings, pictures, partial(self._changed, 'pictures'),
                                      lambda: bool(self.worker.history), most_pixels, most_bytes)
        self.effects = Effects({**self.weights.sliders, 'style_scale': self.weights.scale},
                               {'content': 'content', 'style': 'style', 'tv': 'TV'})
        self._make_run_bar()
        self._make_views()
        self._make_keep()
        self.messages = {'run': self.message, 'layers': self.layers.message, 'pictures': self.choice.message,
                         'keep': self.kept}
        self._place = 'run'  # where the control is that was used last: what comes of it is said there
        super().__init__(self._arrange(), STILL.read_bytes(), ABOUT)
        self.add_class('d2l-lab')
        _labs.add(self)
        self.worker.reset()

    # What it is made of

    def _make_run_bar(self):
        self.run = button('Run', 'start or pause the training', self._run_or_pause, 'primary')
        self.step = button('Step', 'train a single epoch', lambda _: self._run(1))
        self.snapshot = button('Snapshot', 'keep the picture and its settings below, to go back to or to compare',
                               lambda _: self._task(lambda: self.gallery.add(self.worker.moment())))
        self.reset = button('Start over', 'throw the run away and begin with the start picture', self._reset)
        self.progress = widgets.IntProgress(min=0, max=EPOCHS, layout={'flex': '1 1 60px', 'width': 'auto',
                                                                       'max_width': '240px'})
        self.state, self.numbers, self.message = widgets.HTML(), widgets.HTML(), Message()
        self.numbers.add_class('d2l-numbers')
        self.chapter = button('Chapter’s settings', 'layers, weights and training as in the chapter, 500 epochs',
                              lambda _: self._preset(chapters(self.worker.settings), 500))
        self.lively = button('Lab’s settings', f'the chapter’s, but {EPOCHS} epochs with a learning rate of 0.1',
                             lambda _: self._preset(replace(chapters(self.worker.settings), lr=0.1, lr_decay_epoch=0),
                                                    EPOCHS))

    def _make_views(self):
        self.composite = CompositeView()
        self.content, self.style = PictureView('content image', real=False), PictureView('style image', real=False)
        self.sources = widgets.Box([self.content, self.style])
        self.sources.add_class('d2l-sources')
        self.curves, self.bars, self.grams = Curves(), LayerBars(), GramView()

    def _make_keep(self):
        self.gallery, self.kept = Gallery(self._go_back), Message()
        self.link = widgets.HTML(layout={'display': 'none'})
        self.code = widgets.Textarea(layout={'width': '100%', 'height': '220px', 'display': 'none'},
                                     tooltip='the cell that repeats the run: select all and copy')
        self.code.add_class('d2l-code')
        self.browser.observe(self._copied, 'copied')
        self.load = widgets.FileUpload(accept='.png', description='Load settings', icon='', layout={'width': 'auto'},
                                       tooltip='take the settings out of a PNG that the lab has saved')
        self.load.observe(self._loaded, 'value')
        self.keepers = [
            button('Save PNG', 'the picture as a file, with its settings inside', lambda _: self._keep(self._save)),
            button('Save GIF', 'the run as a short film', lambda _: self._keep(lambda: self._save_film('gif'))),
            button('Save MP4', 'the run as a short film', lambda _: self._keep(lambda: self._save_film('mp4'))),
            self.load,
            button('Copy as code', 'the cell that repeats this run with train', lambda _: self._keep(self._show_code))]

    def _arrange(self):
        tabs = widgets.Tab([self.weights, self.layers, self.training, self.choice, self._guide()])
        tabs.titles = ('Weights', 'Layers', 'Training', 'Pictures', 'Try it')
        details = widgets.Tab([self.bars, self.grams], titles=('Losses by layer', 'Gram matrices'))
        presets = widgets.HBox([self.chapter, self.lively], layout={'flex_flow': 'row wrap'})
        bar = widgets.HBox([self.run, self.step, self.snapshot, self.reset, self.state, self.progress, self.numbers])
        parts = {
            'tabs': tabs, 'details': details, 'bar': bar, 'controls': widgets.VBox([tabs, presets]),
            'left': widgets.VBox([bar, self.message, self.composite, self.composite.tools]),
            'keep': widgets.VBox([widgets.HTML('<b>Keep</b>'),
                                  widgets.HBox(self.keepers, layout={'flex_flow': 'row wrap'}), self.kept, self.link,
                                  self.code, self.gallery])}
        parts['stage'] = widgets.Box([parts['left'], parts['controls']])
        parts['below'] = widgets.Box([self.sources, self.curves, details])
        for name, box in parts.items():
            box.add_class(f'd2l-{name}')
        details.add_class('d2l-tabs')
        self.message.add_class('d2l-outcome')
        style = widgets.HTML(f'<style>{STYLE}</style>', layout={'display': 'none'})
        return [style, self.browser, parts['stage'], parts['below'], parts['keep']]

    def _guide(self):
        parts = []
        for number, experiment in enumerate(EXPERIMENTS, start=1):
            start = button('Set it up', f'settings of experiment {number}, from the start',
                           lambda _, experiment=experiment: self._experiment(experiment))
            guess = widgets.RadioButtons(options=experiment.guesses, value=None, layout={'width': '100%'})
            watch = widgets.HTML(layout={'display': 'none'})
            guess.observe(partial(_tell, watch, experiment), 'value')
            texts = (f'<b>{number}. {experiment.title}</b><br>{experiment.do}',
                     f'<i>First say what you expect.</i> {experiment.question}')
            do, ask = (widgets.HTML(f'<div class="d2l-text">{text}</div>') for text in texts)
            parts += [do, start, ask, guess, watch]
        return widgets.VBox(parts)

    # What the user does: none of it computes

    def say(self, text, kind='error', place=None):
        """Show a sentence beside the control that was used last (or at `place`), and nowhere else."""
        for message in self.messages.values():
            message.say('')
        if text:
            self.messages[place or self._place].say(text, kind)

    def _quiet(self):
        """Take away all that was said and shown about a run that is no more."""
        self.say('')
        self.layers.note.say('')
        self.choice.forget()
        self.effects.clear()
        self.link.value, self.link.layout.display = '', 'none'
        self.code.value, self.code.layout.display = '', 'none'

    def _changed(self, place, stop_after=None, anew=None, **values):
        worker, self._place = self.worker, place
        self.pace.turned()
        if stop_after:
            worker.stop_after = stop_after
            return self._show_state()
        before, worker.settings = worker.settings, merged(worker.settings, **values)
        self._turned(before, worker.settings)
        measured = self.bars.measured
        if measured and len(worker.settings.style_layers) == len(measured.grams):
            self.bars.show(measured, worker.settings.weights)
        if anew:
            self._reset()
        elif (before.frame(), before.start) != (worker.settings.frame(), worker.settings.start):
            if place == 'pictures':  # links and code are of other pictures
                self._quiet()
            self.say('')
            worker.do(self._reset_if_new)
        return None

    def _turned(self, before, now):
        for name in ('content', 'style', 'tv'):
            if getattr(before.weights, name) != getattr(now.weights, name):
                self.effects.turned(name, getattr(before.weights, name))
        if before.style_scale != now.style_scale:
            self.effects.turned('style_scale', before.style_scale)

    def _run_or_pause(self, _):
        if self.worker.training:
            self.worker.pause()
        else:
            self._run()
        self._show_state()

    def _run(self, *epochs):
        self._place = 'run'
        self.say('')
        self.worker.run(*epochs)

    def _reset(self, _=None):
        self._quiet()
        self.film.clear()
        self.worker.reset()

    def _apply(self, settings):
        self.worker.settings = settings
        for controls in (self.weights, self.layers, self.training, self.choice):
            controls.set(settings)

    def _preset(self, settings, epochs):
        self._place = 'run'
        self._apply(settings)
        self.training.stop.value = min(epochs, self.training.stop.highest)
        self.worker.do(self._reset_if_new)

    def _experiment(self, experiment):
        now = self.worker.settings
        settings = replace(experiment.settings, content=now.content, style=now.style, image_shape=now.image_shape)
        self._apply(on_backbone(settings, now.backbone))
        self.training.stop.value = min(experiment.stop_after, self.training.stop.highest)
        self._reset()

    def _go_back(self, moment):
        self._quiet()
        self._apply(replace(moment.settings, start=self.worker.settings.start))
        self.worker.restore(moment)

    def _loaded(self, change):
        if not change['new']:
            return None
        self._place = 'keep'
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

    def _copied(self, change):
        if change['new'] is not None:
            text = 'Copied: paste it into a cell of a notebook.' if change['new'] else \
                'The browser does not let the lab copy: click into the code, select all, and copy.'
            self.say(text, 'note', 'keep')

    # What happens in the worker's thread

    def _keep(self, task):
        self._place = 'keep'
        self._task(task)

    def _task(self, task):
        place = self._place

        def report_errors():
            try:
                task()
            except (ValueError, OSError, RuntimeError) as error:  # the run has nothing to do with it and goes on
                self.say(f'{error}.', place=place)
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
        self.link.value, self.link.layout.display = download_link(name, content, media), ''
        self.browser.save(name, content, media)

    def _show_code(self):
        self._put_code(as_code(self.worker.parts))
        self.browser.copy(self.code.value)

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
            self.effects.saw(measured, self.composite.picture)
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
                self.say(worker.message, 'error' if state == 'failed' else 'note',
                         place='run' if state == 'finished' else None)

    def close(self):
        """End the run and take the lab off the page."""
        self.worker.close()
        self.pace.close()
        close_parts(self)
        super().close()


def _tell(watch, experiment, change):
    watch.value = (f'<div class="d2l-text">You expect: {change["new"]}. <i>Watch:</i> {experiment.watch}</div>')
    watch.layout.display = ''


@atexit.register
def _close_all():
    for lab in list(_labs):  # a thread inside MXNet would outlive the interpreter
        lab.worker.close(timeout=10)
