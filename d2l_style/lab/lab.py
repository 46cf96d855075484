"""Lab: controls, worker and views put together, and the page's look."""
import atexit
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import WeakSet

from ..images import preprocess
from . import parts as widgets
from .cells import on_interrupt
from .controls import EPOCHS, TrainingControls, WeightControls, button, merged
from .effects import Effects
from .guide import Guide
from .kept import Kept
from .layer_controls import LayerControls
from .loss_views import Curves, LayerBars, sums
from .pace import Pace
from .panel import Message, Panel
from .picture_controls import PictureControls
from .pixels import at_most
from .recipe import chapters, on_backbone
from .run_bar import RunBar
from .saving import Saving
from .training_thread import Worker, to_picture
from .transfer import NOTHING_COUNTS, nothing_counts
from .views import CompositeView, GramView, PictureView
from .watch import LAB

STILL = Path(__file__).parent / 'still.png'
STYLE = (Path(__file__).parent / 'lab.css').read_text(encoding='utf-8')
ABOUT = 'The Style Lab: open this notebook in JupyterLab and run this cell to start it.'
DETAILS_EVERY = 4  # pictures: numbers, curves, bars and Gram matrices are drawn less often
SOURCE_SIDE = 450  # pixels: content and style image are there to be compared with, and sent once

_labs = WeakSet()


class StyleLab(Panel):
    """The lab as one widget. `worker` holds the run; `close()` ends it.

    `settings`: the first ones. `pictures`: {name: picture from `read_image`} to choose from.
    `most_pixels`, `most_bytes` of an upload, `most_epochs`: what a user may ask for.
    """

    def __init__(self, settings, pictures, *, most_pixels, most_bytes, most_epochs, words=LAB):
        self.worker = Worker(settings, pictures, self._watch)
        self.worker.stop_after = EPOCHS
        self.pace = Pace()
        self._drawn = self._sources = self._compared = self._state = None
        self.weights = WeightControls(settings, partial(self._changed, 'run'))
        self.layers = LayerControls(settings, partial(self._changed, 'layers'))
        self.training = TrainingControls(settings, partial(self._changed, 'run'), most_epochs)
        self.choice = PictureControls(settings, pictures, partial(self._changed, 'pictures'),
                                      lambda: bool(self.worker.history), most_pixels, most_bytes)
        self.effects = Effects({**self.weights.sliders, 'style_scale': self.weights.scale},
                               {'content': 'content', 'style': 'style', 'tv': 'TV'}, self.weights.tell)
        self._make_run_bar()
        self._make_views()
        self.saving = Saving(self.worker, most_pixels, most_bytes, do=self._keep, say=partial(self.say, place='keep'),
                             used=self._use_keep, begin=self._begin, go_back=self._go_back)
        self.messages = {'run': self.message, 'layers': self.layers.message, 'pictures': self.choice.message,
                         'keep': self.saving.message}
        self.kept = Kept(self.saving.page, self.worker, self.saving.gallery, self._come_back,
                         partial(self.say, place='keep'))
        self._place = 'run'  # where the control is that was used last: what comes of it is said there
        super().__init__(self._arrange(), STILL.read_bytes(), ABOUT, words)
        self.add_class('d2l-lab')
        _labs.add(self)
        on_interrupt(_pause_all)
        self.watch.start()
        self.worker.reset()

    # What it is made of

    def _make_run_bar(self):
        self.bar = RunBar(self._run_or_pause, lambda _: self._run(1),
                          lambda _: self._task(lambda: self.saving.gallery.add(self.worker.moment())), self._reset)
        self.message = Message()
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

    def _arrange(self):
        self.guide = Guide(self._experiment)
        tabs = widgets.Tab([self.weights, self.layers, self.training, self.choice, self.guide])
        tabs.titles = ('Weights', 'Layers', 'Training', 'Pictures', 'Try it')
        details = widgets.Tab([self.bars, self.grams], titles=('Losses by layer', 'Gram matrices'))
        presets = widgets.HBox([self.chapter, self.lively], layout={'flex_flow': 'row wrap'})
        parts = {
            'tabs': tabs, 'details': details, 'bar': self.bar,
            'controls': widgets.VBox([tabs, self.weights.effect, self.curves, presets]),
            'left': widgets.VBox([self.bar, self.message, self.composite, self.composite.tools, self.sources]),
            'keep': self.saving}
        parts['stage'] = widgets.Box([parts['left'], parts['controls']])
        for name, box in parts.items():
            box.add_class(f'd2l-{name}')
        details.add_class('d2l-tabs')
        self.message.add_class('d2l-outcome')
        style = widgets.HTML(f'<style>{STYLE}</style>', layout={'display': 'none'})
        return [style, self.saving.page, parts['stage'], details, parts['keep']]

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
        self.saving.quiet()
        self.guide.forget()

    def _changed(self, place, stop_after=None, anew=None, **values):
        worker, self._place = self.worker, place
        self.pace.turned()
        if stop_after:
            worker.stop_after = stop_after
            self.kept.settings()
            return self._show_state()
        before = worker.set(lambda settings: merged(settings, **values))
        if nothing_counts(worker.settings.weights) or nothing_counts(before.weights):
            self.say(NOTHING_COUNTS if nothing_counts(worker.settings.weights) else '', 'note')
        self._turned(before, worker.settings)
        self.kept.settings()
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
        self.saving.film.clear()
        self.worker.reset()

    def _apply(self, settings):
        self.worker.settings = settings
        for controls in (self.weights, self.layers, self.training, self.choice):
            controls.set(settings)
        self.kept.settings()

    def _preset(self, settings, epochs):
        self._place = 'run'
        self._apply(settings)
        self.training.stop.value = min(epochs, self.training.stop.number.highest)
        self.worker.do(self._reset_if_new)

    def _experiment(self, experiment):
        now = self.worker.settings
        settings = replace(experiment.settings, content=now.content, style=now.style, image_shape=now.image_shape)
        self._apply(on_backbone(settings, now.backbone))
        self.training.stop.value = min(experiment.stop_after, self.training.stop.number.highest)
        self._reset()

    def _go_back(self, moment):
        self._quiet()
        self._apply(replace(moment.settings, start=self.worker.settings.start))
        self.worker.restore(moment)

    def _begin(self, settings):
        self._apply(settings)
        self._reset()

    def _come_back(self, settings, stop_after):
        self.training.stop.value = min(stop_after, self.training.stop.number.highest)
        self._begin(settings)

    def _use_keep(self):
        self._place = 'keep'

    # What happens in the worker's thread

    def _keep(self, task):
        self._use_keep()
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

    def _watch(self, worker):
        """Show what has changed: pictures at the browser's pace, curves and bars less often."""
        running = worker.state == 'running'
        if self._state != (worker.state, worker.message):
            self._show_state()
        if worker.state == 'preparing' or worker.X is None:
            return
        if running and self.saving.film.wants(len(worker.history)):
            self.saving.film.add(to_picture(worker.X))
        if worker.settings.lr != self.training.lr.value:  # the generator has divided it by ten
            self.training.set(worker.settings)
        used = worker.history[-1].weights if worker.history else None
        if running and not self.pace.ready() and (used == self._drawn or self.pace.waiting):
            return
        self._drawn = used
        self._show_pictures(worker)
        if not running or self.pace.pictures % DETAILS_EVERY == 0:
            measured = worker.transfer.measure(worker.X)
            self.effects.saw(measured, self.composite.picture, worker.history)
            self.bars.show(measured, worker.used().weights)
            self.grams.show(measured)
            self.curves.show(worker.history, sums(measured, worker.used().weights))
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
        worker = self.worker
        self.bar.show(worker)
        self.guide.saw(worker)
        if self._state != (worker.state, worker.message):
            self._state = worker.state, worker.message
            if worker.message:
                self.say(worker.message, 'error' if worker.state == 'failed' else 'note',
                         place='run' if worker.state == 'finished' else None)

    def close(self):
        """End the run and take the lab off the page."""
        self.worker.close()
        self.pace.close()
        self.saving.film.clear()
        super().close()


@atexit.register
def _close_all():
    for lab in list(_labs):  # a thread inside MXNet would outlive the interpreter
        lab.worker.close(timeout=10)


def _pause_all():
    for lab in list(_labs):
        lab.worker.pause()
