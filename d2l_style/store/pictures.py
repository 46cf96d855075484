"""Pictures: the chapter's own, and any from an address on the web, fetched when they are asked for."""
import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pooch

from .download import download, last_part, part_of
from .errors import shown
from .folders import cache_folder, lock, shared_folder
from .registry import PICTURES

MOST_BYTES = 90_000_000


def is_remote(source: str) -> bool:
    """Whether `source` is a picture that is fetched: the name of a published one, or an address."""
    return source in PICTURES or ('://' in source and source[:5].lower() != 'file:')


def picture_file(source: str, *, check: Callable[[Path], object]) -> Path:
    """The picture `source`, the name of a published one or an address, as a file on this machine.

    Looked for in `D2L_STYLE_WEIGHTS` and in the cache, else downloaded, with its licence shown.
    `check(file)` raises `ValueError` for what came from an address and is no picture: it is not kept.
    Raises `ValueError` for an address that is not http or https, `DownloadError` where it does not come.
    """
    if source in PICTURES:
        return _published(source, PICTURES[source])
    if source.partition('://')[0].lower() not in ('http', 'https'):
        raise ValueError(f'{shown(source)} cannot be fetched: only http and https addresses can; give a path for a '
                         'file')
    digest = hashlib.md5(source.encode(errors='backslashreplace'), usedforsecurity=False).hexdigest()
    file = cache_folder() / 'pictures' / f'{digest}-{last_part(source)}'
    with lock('pictures'):
        if part_of(file).exists():  # of an earlier call: there is no hash that would notice another picture
            part_of(file).unlink()
        download(source, file, limit=MOST_BYTES, describe=shown(source))
        try:
            check(file)
        except ValueError:
            file.unlink()
            raise
    return file


def find_picture(name: str) -> Path | None:
    """The published picture `name` if it is on this machine and whole, or None."""
    for folder in (shared_folder(), cache_folder() / 'pictures'):
        file = folder and folder / _file_name(name)
        if file and file.is_file() and pooch.file_hash(str(file)) == PICTURES[name].sha256:
            return file
    return None


def _published(name, picture):
    found = find_picture(name)
    if found:
        return found
    with lock('pictures'):
        file = download(picture.url, cache_folder() / 'pictures' / _file_name(name), sha256=picture.sha256,
                        limit=2 * picture.size, describe=name)
    print(f'{name}: {picture.attribution}')
    return file


def _file_name(name):
    return Path(urlsplit(PICTURES[name].url).path).name
