"""Files that cannot be written: whole or not at all, and one sentence on why and what to do."""
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..store.folders import whole

REASONS = {errno.ENOSPC: 'the disk is full', errno.EDQUOT: 'your share of the disk is used up',
           errno.EROFS: 'the disk is read-only', errno.EACCES: 'you may not write there',
           errno.EPERM: 'you may not write there', errno.ENAMETOOLONG: 'the name is too long',
           errno.ENOTDIR: 'a part of its path is a file, not a folder', errno.EEXIST: 'there is a file of that name',
           errno.EISDIR: 'there is a folder of that name', errno.ENOENT: 'there is no such folder'}
SHOWN = 120  # letters of a path


class NotWrittenError(OSError):
    """A file or a folder cannot be written; the message says which, why, and what to do."""

    def _render_traceback_(self):
        """Nothing is wrong in the code: a notebook shows the sentence, without the way through the package."""
        return [f'{type(self).__name__}: {self}']


def write_whole(file: Path, content: bytes, instead: str) -> None:
    """Write `content` to `file`, whole or not at all, and make its folder; `NotWrittenError` otherwise.

    `instead`: what to do then.
    """
    with told(file, instead):
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole(file) as new:
            new.write_bytes(content)


@contextmanager
def told(path: os.PathLike | str, instead: str) -> Iterator[None]:
    """Make a `NotWrittenError` about `path` of the system's errors inside; `instead`: what to do."""
    try:
        yield
    except NotWrittenError:
        raise
    except OSError as error:
        raise NotWrittenError(f'{shortened(path)} cannot be written ({reason(error)}): {instead}') from None


def reason(error: OSError) -> str:
    """Why, in plain words."""
    return REASONS.get(error.errno or 0) or error.strerror or str(error)


def shortened(path: os.PathLike | str) -> str:
    """A path as a message shows it: of a long one beginning and end."""
    text = os.fspath(path)
    return text if len(text) <= SHOWN else f'{text[:SHOWN // 2]}…{text[-SHOWN // 2:]}'


def must_take_files(folder: Path, instead: str) -> None:
    """Make `folder` if it is not there; `NotWrittenError` where nothing may be written to it."""
    with told(folder, instead):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, '')
