"""Sweep: "what if", answered for a whole grid of settings at once.

The chapter's exercises change one thing at a time. Here every combination is trained, in this
process or on Dask's workers, and comes back as a table and a contact sheet.
"""
import hashlib
import io
import itertools
import json
import os
import time
from contextlib import closing
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

import pandas as pd
from PIL import Image
from skimage.util import img_as_ubyte

from ..backbones import load_backbone
from ..checks.shapes import check_shape, scaled_shape
from ..checks.writing import NotWrittenError, must_take_files
from ..compat.progress import tqdm
from ..features import FeatureNet, extract_features, get_contents, get_styles
from ..images import fit_area, postprocess, preprocess, read_image
from ..losses import Weights, compute_loss, gram
from ..store import local_picture
from ..training import train_steps
from .swept import ELSEWHERE, Swept, contact_sheet, curves_of, flush, kept_row
from .variations import noise

__all__ = ['Cell', 'Swept', 'compute', 'contact_sheet', 'expand', 'sweep']

STARTS = ('content', 'noise', 'style')
_one_at_a_time = Lock()  # a Gluon network is for one thread


@dataclass(frozen=True)
class Cell:
    """The settings of one transfer; their names are those of the grid and of the table.

    Defaults are the chapter's, but for 100 epochs with a learning rate of 0.1, which show in seconds where it leads.

    Attributes:
        content: What `read_image` takes by name.
        style: What `read_image` takes by name.
        backbone: Its name.
        content_layers: Names or indices, None for those that suit the backbone.
        style_layers: Names or indices, None for those that suit the backbone.
        content_weight: 0 or more, as the two that follow.
        style_weight: Of all style layers.
        tv_weight: Of the total variation.
        image_shape: (width, height), None for the content image's proportions and as many pixels as 225×150 has.
        style_scale: Size of the style picture relative to that, 0.25 to 4; see `get_styles`.
        start: 'content', 'noise' (from `seed`) or 'style'.
        seed: Of the noise.
        lr: Adam's learning rate.
        lr_decay_epoch: Every how many epochs it is divided by ten.
        epochs: How many.
        digests: Of both pictures, from `expand`.
    """

    content: str = 'mountain_lake'
    style: str = 'painted_hills'
    backbone: str = 'vgg19_slim'
    content_layers: tuple = None
    style_layers: tuple = None
    content_weight: float = 1
    style_weight: float = 1e3
    tv_weight: float = 10
    image_shape: tuple = None
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


def sweep(folder, *, client=None, progress=True, **grid):
    """Train every combination of a grid.

    A cell that fails is a row with its error, and does not stop the others; one that cannot be written stays in memory
    (`Swept.save`). For example::

        sweep('build/weights', style_weight=[100, 1e3, 1e4], tv_weight=[0, 10, 100])

    Args:
        folder: Where results are kept; what is there already is not computed again: a sweep that was stopped goes on.
        client: None for this process, a `distributed.Client`, or the address of a scheduler: then each worker computes
            a cell at a time, and prepares network and targets once.
        progress: Show a bar.
        **grid: Fields of `Cell`, each one value, or a list of values to vary.

    Returns:
        A `Swept`, with the table and the pictures.

    Raises:
        ValueError: For a grid that makes no sense.
        NotWrittenError: Where `folder` cannot be made.
    """
    cells, varied = expand(grid)
    folder = Path(folder).expanduser()
    rows, unsaved = {cell.key(): kept_row(folder, cell.key()) for cell in cells}, {}
    missing = [cell for cell in dict.fromkeys(cells) if rows[cell.key()] is None]
    if missing:
        must_take_files(folder, ELSEWHERE)
    hidden = not progress or bool(os.environ.get('TQDM_DISABLE'))
    with (tqdm(total=len(cells), initial=len(cells) - len(missing), unit='cell', disable=hidden) as bar,
          closing(_computed(missing, client)) as computed):
        for cell, row, picture in computed:
            rows[cell.key()] = json.loads(json.dumps(row))  # as it is read again
            unsaved[cell.key()] = row, picture
            _try(lambda: flush(folder, unsaved), tqdm.write if len(unsaved) == 1 else str)  # told once
            bar.update()
    table = pd.DataFrame([rows[cell.key()] for cell in cells]).drop(columns='curves', errors='ignore')
    swept = Swept(table, varied, folder, unsaved)
    _try(lambda: flush(folder, unsaved) or swept.keep_table(), print)
    return swept


def _try(work, say):
    """Do `work`; what can't be written, or is gone, is a sentence, since all that was computed is in memory."""
    try:
        work()
    except (NotWrittenError, FileNotFoundError) as error:
        say(str(error))


def expand(grid):
    """All cells of a grid, the last name varying fastest.

    Args:
        grid: {field of `Cell`: a value, or a list of values to vary}.

    Returns:
        The cells, and the names of what varies.

    Raises:
        ValueError: For a grid that makes no sense.
    """
    known = [field.name for field in fields(Cell) if field.name != 'digests']
    if 'weights' in grid:
        raise ValueError("there is no setting 'weights': give content_weight, style_weight and tv_weight, each one "
                         'number or a list, for example style_weight=[100, 1e3]')
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
    digests = _digest(cell.content), _digest(cell.style)
    image_shape = _own_shape(cell.content, digests[0]) if cell.image_shape is None else check_shape(cell.image_shape)
    scaled_shape(image_shape, cell.style_scale)
    return replace(cell, image_shape=image_shape, **layers, digests=digests)


def _digest(picture):
    """SHA-256 of a picture's file; '' for an address, and for a file that is not there, which its cell says."""
    try:
        return hashlib.sha256(local_picture(picture).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ''


@lru_cache(maxsize=16)
def _own_shape(content, digest):  # noqa: ARG001  another file under the same name has another digest
    """(width, height) with the proportions of a picture; the chapter's for one that its cell will complain about."""
    try:
        return fit_area(read_image(content))
    except (OSError, ValueError, TypeError):
        return 225, 150


def _computed(cells, client):
    """(cell, row, PNG or None) of each cell, as they are ready."""
    if client is None:
        try:
            for cell in cells:
                yield (cell, *compute(cell))
        finally:  # a kernel goes on living
            _prepared.cache_clear()
            _network.cache_clear()
        return
    from distributed import Client, as_completed  # slow to import, and not needed for a few cells
    own = not isinstance(client, Client)
    client, futures = Client(client) if own else client, {}
    try:
        _give_threads(client)
        futures = {client.submit(compute, cell, pure=False): cell for cell in cells}
        for future in as_completed(futures):
            lost = future.exception()  # the workers that had it died, again and again
            row, picture = (_row(futures[future], error=f'{type(lost).__name__}: {lost}'), None) if lost \
                else future.result()
            yield futures[future], row, picture
    finally:
        client.cancel(list(futures))  # of a sweep that was stopped: nobody waits for the rest
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
    """Train one cell.

    Args:
        cell: A `Cell` from `expand`.

    Returns:
        Its row of the table, a dictionary, and its picture as PNG; where it fails, the row with its error, and None.
    """
    start = time.time()
    try:
        with _one_at_a_time:
            X, losses, curves = _train(cell)
    except Exception as error:  # whatever it is, the other cells go on
        return _row(cell, error=f'{type(error).__name__}: {error}', seconds=time.time() - start), None
    buffer = io.BytesIO()
    Image.fromarray(img_as_ubyte(postprocess(X).asnumpy())).save(buffer, format='png')
    return {**_row(cell, losses, seconds=time.time() - start), 'curves': curves}, buffer.getvalue()


def _train(cell):
    """The composite image of a cell, (1, 3, h, w), its losses before weighting, {column: loss}, and its `curves`."""
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
    steps = list(steps)  # all with the same picture, the last
    X = steps[-1].X
    contents_l, styles_l, tv_l, _ = compute_loss(X, *extract_features(X, net), contents_Y,
                                                 [gram(Y) for Y in styles_Y], Weights(1, 1, 1))
    columns = [*(f'content {net.names[i]}' for i in net.content_layers),
               *(f'style {net.names[i]}' for i in net.style_layers), 'TV']
    found = {name: float(l.asscalar()) for name, l in zip(columns, [*contents_l, *styles_l, tv_l])}
    return X, found, curves_of(steps)


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
