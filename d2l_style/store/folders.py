"""Folders: where weights and pictures lie, and how they get there whole.

Looked at in this order: the folder `D2L_STYLE_WEIGHTS` (may be read-only, and shared by a class),
the cache (`D2L_STYLE_CACHE`, by default where the system keeps caches), MXNet's model folder.
"""
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from .errors import DownloadError

SPARE = 50_000_000  # bytes to leave free on a disk


def cache_folder() -> Path:
    """The project's own folder: copies of weights, pictures, and what is under way."""
    folder = os.environ.get('D2L_STYLE_CACHE') or platformdirs.user_cache_dir('d2l-style', appauthor=False)
    return Path(folder).expanduser()


def shared_folder() -> Path | None:
    """The folder named by `D2L_STYLE_WEIGHTS`, or None."""
    folder = os.environ.get('D2L_STYLE_WEIGHTS')
    return Path(folder).expanduser() if folder else None


def zoo_folder() -> Path:
    """Where MXNet keeps downloaded models: `$MXNET_HOME/models`, by default `~/.mxnet/models`."""
    return Path(os.environ.get('MXNET_HOME') or Path.home() / '.mxnet').expanduser() / 'models'


def copy_file(name: str) -> Path:
    """Where the cache keeps the copy of the weights `name`."""
    return cache_folder() / 'weights' / f'{name}.safetensors'


def make_folder(folder: Path, instead: str = 'set D2L_STYLE_CACHE to a folder that you may write to') -> Path:
    """Make `folder` if it is not there; `DownloadError`, with what to do instead, where nothing may be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DownloadError(f'{folder} cannot be made ({error.strerror}): {instead}') from None
    if not os.access(folder, os.W_OK):
        raise DownloadError(f'nothing may be written to {folder}: {instead}')
    return folder


def need_space(folder: Path, size: int) -> None:
    """`DownloadError` unless `size` bytes fit on the disk of `folder`, and some are left."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE:
        raise DownloadError(f'{megabytes(size + SPARE)} are needed on the disk of {folder}, and {megabytes(free)} are '
                            'free: make room, or set D2L_STYLE_CACHE to a folder on another disk')


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Only one process at a time works on `name`. The system takes the lock from a process that dies."""
    folder = make_folder(cache_folder() / 'locks')
    held = FileLock(str(folder / f'{name}.lock'))
    try:
        held.acquire(timeout=0)
    except Timeout:
        print(f'another process is at work on {name}: waiting for it', file=sys.stderr)
        held.acquire()
    try:
        yield
    finally:
        held.release()


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes `file` only when all is on the disk, and vanishes otherwise."""
    new = unfinished(Path(file))
    try:
        yield new
        with open(new, 'r+b') as written:  # Windows writes to the disk only what is open for writing
            os.fsync(written.fileno())
        os.replace(new, file)
    finally:
        if new.exists():
            new.unlink()


def unfinished(file: Path) -> Path:
    """Where `file` is written before it is whole; only a killed process leaves something there."""
    return file.with_name(f'.{file.name}.new')


def megabytes(size: float) -> str:
    """'52 MB': a size in millions of bytes, as people read it."""
    return f'{size / 1e6:.0f} MB' if size >= 10e6 else f'{size / 1e6:.1f} MB'
