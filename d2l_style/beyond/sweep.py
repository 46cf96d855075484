"""Sweep: "what if", answered for a whole grid of settings at once.

The chapter's exercises change one thing at a time. Here every combination is trained, in this
process or on Dask's workers, and comes back as a table and a contact sheet.
"""
import hashlib
import io
import itertools
import json
import os
import textwrap
import time
from collections import deque
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image
from skimage.util import img_as_ubyte
from tqdm.auto import tqdm

from ..backbones import load_backbone
from ..checks.shapes import check_shape, scaled_shape
from ..features import FeatureNet, extract_features, get_contents, get_styles
from ..images import postprocess, preprocess, read_image
from ..losses import Weights, compute_loss, gram
from ..store import local_picture
from ..store.folders import whole
from ..training import train_steps
from .variations import noise

STARTS = ('content', 'noise', 'style')
_one_at_a_time = Lock()  # a Gluon network is for one thread


@dataclass(frozen=True)
class Cell:
    """The settings of one transfer; their names are those of the grid and of the table.

    `content`, `style`: what `read_image` takes by name. Layers: names or indices, None for those
    that suit the backbone. `style_scale`: see `get_styles`. `start`: 'content', 'noise' (from `seed`)
    or 'style'. Defaults: the chapter's, but for 100 epochs with a learning rate of 0.1, which show in
    seconds where it leads.
    """

    content: str = 'mountain_lake'
    style: str = 'painted_hills'
    backbone: str = 'vgg19_slim'
    content_layers: tuple = None
    style_layers: tuple = None
    content_weight: float = 1
    style_weight: float = 1e3
    tv_weight: float = 10
    image_shape: tuple = (225, 150)
    style_scale: float = 1
    start: str = 'content'
    seed: int = 0
    lr: float = 0.1
    lr_decay_epoch: int = 1000
    epochs: int = 100
    digests: tuple = ()  # of both pictures: another file under the same name is another cell

    def key(self):
        """A name for the files of this cell: the same settings and pictures have the same one."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Swept:
    """What a sweep found. `table`: one row a cell, settings, losses before weighting, seconds, error.

    `varied`: the settings that have several values. `folder`: where table, contact sheet, and the picture
    of each cell (`pictures()`) are.
    """

    table: pd.DataFrame
    varied: tuple
    folder: Path

    def pictures(self):
        """{row of the table: picture, `uint8` (h, w, 3)} of every cell that succeeded."""
        return {row: np.asarray(Image.open(self.folder / f'{key}.png'))
                for row, key in self.table['key'][self.table['error'] == ''].items()}


def sweep(folder, *, client=None, progress=True, **grid):
    """Train every combination of `grid` and return a `Swept`.

    `folder`: results are kept there; a cell that is there already is not computed again, so an
    interrupted sweep goes on. `grid`: fields of `Cell`, each one value, or a list of values to vary.
    `client`: None for this process, a `distributed.Client`, or the address of a scheduler: then each
    worker computes a cell at a time, and prepares network and targets once. A cell that fails is a row
    with its error, and does not stop the others. Raises `ValueError` for a grid that makes no sense.

        sweep('build/weights', style_weight=[100, 1e3, 1e4], tv_weight=[0, 10, 100])
    """
    cells, varied = expand(grid)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [cell for cell in dict.fromkeys(cells) if not _is_done(folder, cell)]
    hidden = not progress or bool(os.environ.get('TQDM_DISABLE'))
    with tqdm(total=len(cells), initial=len(cells) - len(missing), unit='cell', disable=hidden) as bar:
        for cell, row, picture in _computed(missing, client):
            _keep(folder, cell, row, picture)
            bar.update()
    rows = [json.loads((folder / f'{cell.key()}.json').read_text(encoding='utf-8')) for cell in cells]
    swept = Swept(pd.DataFrame(rows), varied, folder)
    swept.table.to_csv(folder / 'table.csv', index=False)
    contact_sheet(swept).savefig(folder / 'sheet.png', dpi=100)
    return swept


def expand(grid):
    """(cells, names of what varies) of a grid, the last name varying fastest. Raises `ValueError`."""
    known = [field.name for field in fields(Cell) if field.name != 'digests']
    for name in grid:
        if name not in known:
            raise ValueError(f'there is no setting {name!r}: choose from {", ".join(known)}')
    values = {name: value if isinstance(value, list) else [value] for name, value in grid.items()}
    if not all(values.values()):
        raise ValueError('a list of the grid is empty: give at least one value for each setting')
    cells = [_checked(Cell(**dict(zip(values, choice)))) for choice in itertools.product(*values.values())]
    return cells, tuple(name for name, choices in values.items() if len(choices) > 1)


def _checked(cell):
    """`cell` with its layers as tuples; `ValueError` for what no transfer could be made of."""
    Weights(cell.content_weight, cell.style_weight, cell.tv_weight)
    if cell.start not in STARTS:
        raise ValueError(f'start is {cell.start!r}: choose from {", ".join(STARTS)}')
    if not isinstance(cell.epochs, int) or cell.epochs < 1:
        raise ValueError(f'epochs is {cell.epochs!r}: give a whole number of at least 1')
    layers = {name: (value,) if isinstance(value, (str, int)) else value and tuple(value)
              for name, value in (('content_layers', cell.content_layers), ('style_layers', cell.style_layers))}
    scaled_shape(cell.image_shape, cell.style_scale)
    return replace(cell, image_shape=check_shape(cell.image_shape), **layers,
                   digests=(_digest(cell.content), _digest(cell.style)))


def _digest(picture):
    """SHA-256 of a picture's file; '' for an address, and for a file that is not there, which its cell says."""
    try:
        return hashlib.sha256(local_picture(picture).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ''


def _computed(cells, client):
    """(cell, row, PNG or None) of each cell, as they are ready."""
    if client is None:
        for cell in cells:
            yield (cell, *compute(cell))
        return
    from distributed import Client, as_completed  # slow to import, and not needed for a few cells
    own = not isinstance(client, Client)
    client = Client(client) if own else client
    try:
        _give_threads(client)
        futures = {client.submit(compute, cell, pure=False): cell for cell in cells}
        for future in as_completed(futures):
            lost = future.exception()  # the workers that had it died, again and again
            row, picture = (_row(futures[future], error=f'{type(lost).__name__}: {lost}'), None) if lost \
                else future.result()
            yield futures[future], row, picture
    finally:
        if own:
            client.close()


def _give_threads(client):
    """Let MXNet use as many threads as Dask gives a worker, lest all workers together use too many.

    MXNet reads their number once, when it is loaded, so workers with another one are started again. It
    has to be there *before* a worker's Python starts, because a script's own imports come first in it.
    """
    threads = client.nthreads()
    found = client.run(os.getenv, 'OMP_NUM_THREADS')
    if all(found.get(worker) == str(number) for worker, number in threads.items()):
        return
    from distributed.diagnostics.plugin import Environ

    class Threads(Environ):
        async def setup(self, nanny):
            await super().setup(nanny)
            nanny.pre_spawn_env.update(self.environ)

    client.register_plugin(Threads({'OMP_NUM_THREADS': str(max(threads.values(), default=1))}))


def compute(cell):
    """(row of the table, picture as PNG) of one cell; (row with its error, None) where it fails."""
    start = time.time()
    try:
        with _one_at_a_time:
            X, losses = _train(cell)
    except Exception as error:  # whatever it is, the other cells go on
        return _row(cell, error=f'{type(error).__name__}: {error}', seconds=time.time() - start), None
    buffer = io.BytesIO()
    Image.fromarray(img_as_ubyte(postprocess(X).asnumpy())).save(buffer, format='png')
    return _row(cell, losses, seconds=time.time() - start), buffer.getvalue()


def _train(cell):
    """The composite image of a cell, (1, 3, h, w), and its losses before weighting, {column: loss}."""
    net, content_X, contents_Y, styles_Y = _prepared(
        cell.content, cell.style, cell.backbone, cell.content_layers, cell.style_layers, cell.image_shape,
        cell.style_scale, cell.digests)
    X = content_X
    if cell.start == 'style':
        X = preprocess(read_image(cell.style), cell.image_shape).copyto(net.ctx)
    elif cell.start == 'noise':
        X = noise(cell.image_shape, cell.seed, net.ctx)
    weights = Weights(cell.content_weight, cell.style_weight, cell.tv_weight)
    steps = train_steps(X, contents_Y, styles_Y, net, cell.lr, cell.epochs, cell.lr_decay_epoch, weights=weights)
    X = deque(steps, maxlen=1)[0].X
    contents_l, styles_l, tv_l, _ = compute_loss(X, *extract_features(X, net), contents_Y,
                                                 [gram(Y) for Y in styles_Y], Weights(1, 1, 1))
    columns = [*(f'content {net.names[i]}' for i in net.content_layers),
               *(f'style {net.names[i]}' for i in net.style_layers), 'TV']
    return X, {name: float(l.asscalar()) for name, l in zip(columns, [*contents_l, *styles_l, tv_l])}


@lru_cache(maxsize=4)
def _network(backbone):
    return load_backbone(backbone)


@lru_cache(maxsize=16)
def _prepared(content, style, backbone, content_layers, style_layers, image_shape, style_scale, digests):  # noqa: ARG001
    """Network and targets: once a process, however many cells share them, and for pictures of the same `digests`."""
    net = FeatureNet(_network(backbone), content_layers, style_layers)
    _, styles_Y = get_styles(read_image(style), image_shape, net, style_scale)
    return (net, *get_contents(read_image(content), image_shape, net), styles_Y)


def _row(cell, losses=None, *, seconds=0.0, error=''):
    """The row of a cell: settings, losses before weighting, a layer a column, seconds, error."""
    settings = {name: value for name, value in asdict(cell).items() if name != 'digests'}
    return {**settings, 'key': cell.key(), **(losses or {}), 'seconds': round(seconds, 2), 'error': error}


def _is_done(folder, cell):
    """Whether `cell` was computed before, with success."""
    try:
        row = json.loads((folder / f'{cell.key()}.json').read_text(encoding='utf-8'))
        return row['error'] == '' and (folder / f'{cell.key()}.png').is_file()
    except (OSError, ValueError, KeyError):
        return False


def _keep(folder, cell, row, picture):
    """Store a cell, the row last: what is there is complete."""
    if picture:
        with whole(folder / f'{cell.key()}.png') as new:
            new.write_bytes(picture)
    with whole(folder / f'{cell.key()}.json') as new:
        new.write_text(json.dumps(row), encoding='utf-8')


def contact_sheet(swept, width=3):
    """All pictures in a grid, a matplotlib `Figure`: a column for each value of the last setting that varies.

    Where only one varies, three stand side by side. `width`: of a picture, in inches.
    """
    table, pictures = swept.table, swept.pictures()
    columns = len(table[swept.varied[-1]].astype(str).unique()) if swept.varied else 1
    columns = min(columns, 3) if len(swept.varied) == 1 else columns
    rows = -(-len(table) // columns)
    height, across = (next(iter(pictures.values())).shape[:2] if pictures else (2, 3))
    labels = ['\n'.join(_label(name, table[name][row]) for name in swept.varied) for row in table.index]
    lines = max(label.count('\n') + 1 for label in labels)
    figure = Figure(figsize=(width * columns, rows * (width * height / across + 0.13 * lines + 0.1)),
                    layout='constrained')
    for row, axis in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axis.axis('off')
        if row >= len(table):
            continue
        axis.set_title(labels[row], fontsize=7)
        if row in pictures:
            axis.imshow(pictures[row])
        else:
            axis.text(0.5, 0.5, 'failed:\n' + table['error'][row][:60], ha='center', va='center', fontsize=7, wrap=True)
    return figure


def _label(name, value):
    """'TV weight: 10': a setting and its value, in lines that are no wider than a picture."""
    name = name.replace('tv', 'TV').replace('_', ' ')
    value = ', '.join(map(str, value)) if isinstance(value, (list, tuple)) else value
    return textwrap.fill(f'{name}: {value:g}' if isinstance(value, float) else f'{name}: {value}', 44)
