"""Recipe: what a run was made of, as data, as text in a PNG, and as code that repeats it.

A run is one or more `Part`s. Weights and learning rate change within a part; anything else
(pictures, size, layers, backbone, optimiser) begins a new one, from the picture of the last.
"""
import json
from dataclasses import asdict, dataclass, field, fields, replace

from ..backbones import find_backbone
from ..checks.layers import resolve_layers
from ..checks.shapes import check_shape, scaled_shape
from ..losses import Weights

OPTIMISERS = ('Adam', 'L-BFGS')
STARTS = ('content', 'noise', 'style', 'current')


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a run computes.

    `content`, `style`: names of pictures. `image_shape`: (width, height). `style_scale`: see
    `get_styles`. `lr`: of Adam, divided by ten every `lr_decay_epoch` epochs (0: never). `start`:
    'content', 'noise', 'style', or 'current', the picture as it is. The defaults answer fast;
    `chapters` are the chapter's.
    """

    content: str = 'mountain_lake'
    style: str = 'painted_hills'
    image_shape: tuple = (225, 150)
    style_scale: float = 1
    backbone: str = 'vgg19_slim'
    content_layers: tuple = ('conv4_4',)
    style_layers: tuple = ('conv1_1', 'conv2_1', 'conv3_1', 'conv4_1', 'conv5_1')
    optimiser: str = 'Adam'
    lr: float = 0.1
    lr_decay_epoch: int = 0
    weights: Weights = field(default_factory=Weights)
    start: str = 'content'

    def frame(self):
        """What can't change within a part: everything but weights, learning rate and start."""
        return replace(self, weights=None, lr=None, start=None)

    def live(self):
        """What can: learning rate and weights. L-BFGS has no learning rate."""
        return (self.lr if self.optimiser == 'Adam' else None), replace(self.weights)


def chapters(settings):
    """`settings` with the chapter's layers, weights, optimiser and start; pictures, size and backbone stay."""
    kept = {name: getattr(settings, name) for name in ('content', 'style', 'image_shape')}
    return on_backbone(Settings(**kept, lr=0.01, lr_decay_epoch=200), settings.backbone)


def on_backbone(settings, name):
    """`settings` for the backbone `name`, with the layers that suit it if it lacks one of those chosen."""
    backbone = find_backbone(name)
    if {*settings.content_layers, *settings.style_layers} <= {*backbone.names}:
        return replace(settings, backbone=name)
    return replace(settings, backbone=name, content_layers=backbone.content_layers, style_layers=backbone.style_layers,
                   weights=replace(settings.weights, layers=()))


@dataclass(frozen=True)
class Part:
    """A stretch of a run: where it began, how many epochs it took, and what changed in them.

    `changes`: {epoch: (lr, weights)} for Adam, {epoch: weights} for L-BFGS, as `train` and `train_fast` take it.
    """

    settings: Settings
    epochs: int = 0
    changes: dict = field(default_factory=dict)

    def last(self):
        """The settings at its end."""
        changes = self.done().changes
        change = changes[max(changes)] if changes else (self.settings.lr, self.settings.weights)
        lr, weights = change if isinstance(change, tuple) else (self.settings.lr, change)
        return replace(self.settings, lr=lr, weights=replace(weights))

    def done(self):
        """The part with those changes only that an epoch has used."""
        return replace(self, changes={e: change for e, change in self.changes.items() if e < self.epochs})


def to_text(parts):
    """The recipe as JSON."""
    return json.dumps([asdict(part.done()) for part in parts])


def from_text(text):
    """The parts that `to_text` wrote; `ValueError` for anything else."""
    try:
        return tuple(_part(part) for part in json.loads(text))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f'these are no settings of the Style Lab ({error}): take a PNG that it has saved') from None


def _part(stored):
    changes = {int(epoch): _weights(change) if isinstance(change, dict) else (change[0], _weights(change[1]))
               for epoch, change in stored['changes'].items()}
    return Part(_settings(stored['settings']), int(stored['epochs']), changes)


def _weights(stored):
    return Weights(**{**stored, 'layers': tuple(stored['layers'])})


def _settings(stored):
    stored = {'style_scale': 1, **stored}  # pictures saved before there was one
    unknown = set(stored) ^ {f.name for f in fields(Settings)}
    if unknown:
        raise ValueError(f'{", ".join(sorted(unknown))} is unknown or missing')
    settings = Settings(**{**stored, 'weights': _weights(stored['weights']),
                           'image_shape': check_shape(stored['image_shape']),
                           'content_layers': tuple(stored['content_layers']),
                           'style_layers': tuple(stored['style_layers'])})
    for name, value, allowed in (('start', settings.start, STARTS), ('optimiser', settings.optimiser, OPTIMISERS)):
        if value not in allowed:
            raise ValueError(f'{name} {value!r}')
    scaled_shape(settings.image_shape, settings.style_scale)
    for kind in ('content', 'style'):
        resolve_layers(getattr(settings, f'{kind}_layers'), find_backbone(settings.backbone).names, kind)
    return settings


def as_code(parts):
    """The cell that repeats the run with `train` or `train_fast` and ends with the same picture in `composite`.

    Pictures are read by their names: a path has to be put in for an uploaded one.
    """
    parts = [part.done() for part in parts if part.epochs]
    if not parts:
        return '# Nothing was trained yet: press Run first.'
    lines, before = [], None
    for part in parts:
        lines += _part_code(part, before)
        before = part.settings
    body = '\n'.join([*lines, '', 'd2l.plt.imshow(postprocess(composite).asnumpy())', "d2l.plt.axis('off')",
                      'd2l.plt.show()'])
    train = ', '.join(name for name in ('train', 'train_fast') if f' {name}(' in body)
    imports = ['from d2l_style import (FeatureNet, Weights, get_contents, get_styles, load_backbone, postprocess,',
               f'                       preprocess, read_image, {train})', '', 'from d2l import mxnet as d2l']
    if 'np.random' in body:
        imports += ['import numpy as np', 'from mxnet import nd']
    return '\n'.join([*imports, '', body])


def _part_code(part, before):
    new, lines = part.settings, []
    scale = '' if new.style_scale == 1 else f', style_scale={_number(new.style_scale)}'
    if before is None or (before.content, before.style) != (new.content, new.style):
        lines += [f'content_img, style_img = read_image({new.content!r}), read_image({new.style!r})']
    if before is None or _network(before) != _network(new):
        lines += [f'net = FeatureNet(load_backbone({new.backbone!r}), {list(new.content_layers)},',
                  f'                 {list(new.style_layers)})']
    lines += [f'content_X, contents_Y = get_contents(content_img, {new.image_shape}, net)',
              f'style_X, styles_Y = get_styles(style_img, {new.image_shape}, net{scale})', *_start_code(new, before)]
    changes = ''
    if part.changes:
        what = 'learning rate and weights' if new.optimiser == 'Adam' else 'weights'
        lines += [f'changes = {{  # {what} from this epoch on']
        lines += [f'    {epoch}: {_change_code(change)},' for epoch, change in sorted(part.changes.items())]
        lines += ['}']
        changes = ', changes=changes'
    weights = _weights_code(new.weights)
    if new.optimiser == 'Adam':
        return [*lines, f'composite = train(X, contents_Y, styles_Y, net, {new.lr!r}, {part.epochs}, '
                        f'{new.lr_decay_epoch or part.epochs},', f'                  weights={weights}{changes})']
    return [*lines, f'composite = train_fast(content_img, style_img, {new.image_shape}, net, {part.epochs}, '
                    'coarse_epochs=0, X=X,',
            f'                       weights={weights}, tolerance=0{scale}{changes})']


def _network(settings):
    return settings.backbone, settings.content_layers, settings.style_layers


def _start_code(new, before):
    if new.start == 'noise':
        return ['X = nd.array(np.random.RandomState(0).normal(size=content_X.shape), ctx=net.ctx)']
    if new.start == 'style' and new.style_scale != 1:
        return [f'X = preprocess(style_img, {new.image_shape}).copyto(net.ctx)']
    if new.start != 'current':
        return [f'X = {new.start}_X']
    if before is None or before.image_shape == new.image_shape:
        return ['X = composite']
    return [f'X = preprocess(postprocess(composite) * 255, {new.image_shape}).copyto(net.ctx)']


def _change_code(change):
    return _weights_code(change) if isinstance(change, Weights) else f'({change[0]!r}, {_weights_code(change[1])})'


def _weights_code(weights):
    numbers = [_number(value) for value in (weights.content, weights.style, weights.tv)]
    factors = ', '.join(_number(factor) for factor in weights.layers) + ',' * (len(weights.layers) == 1)
    return f'Weights({", ".join(numbers)}{f", layers=({factors})" if factors else ""})'


def _number(value):
    return repr(int(value)) if value == int(value) else repr(value)
