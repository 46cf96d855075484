"""Download: bytes over HTTP, which go on after a break and end rather than wait or swell for ever.

pooch brings the cache, the hash, the temporary name and the further tries; what it does not have
(go on after a break, give up on a trickle, take a part of a file) is here.
"""
import errno
import logging
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pooch
import requests
import urllib3
from tqdm.auto import tqdm

from .errors import DownloadError
from .folders import make_folder, need_space

CONNECT, SILENCE = 10, 30  # seconds: for a connection, and without a byte
SLOWEST, PATIENCE = 2000, 60  # bytes a second, averaged over so many seconds: less is given up
PIECE = 1 << 18  # bytes
TRIES = 4
REDIRECTS = 5

pooch.get_logger().setLevel(logging.WARNING)  # the progress bar says it already


def download(url: str, file: Path, *, sha256: str | None = None, limit: int, describe: str,
             downloader: Callable | None = None) -> Path:
    """Fetch `url` to the path `file`, unless it is there with that hash, and return `file`.

    `limit`: bytes at most. `describe`: what it is, for the progress bar and for errors.
    Raises `DownloadError`. What came before a break is kept as `file` with `.part` behind its name,
    and the next call goes on from there.
    """
    make_folder(file.parent)
    store = pooch.create(path=file.parent, base_url='', urls={file.name: url}, registry={file.name: sha256},
                         retry_if_failed=TRIES - 1)
    try:
        return Path(store.fetch(file.name, downloader=downloader or Resuming(part_of(file), limit, describe)))
    except requests.RequestException as error:
        raise DownloadError(f'{describe} did not come: {_reason(error, url)}. What came is kept: the same command '
                            'goes on from there') from None
    except ValueError:  # pooch's word for another hash
        raise DownloadError(f'{describe} is not what was published: {_host(url)} sent something else '
                            f'(SHA-256 is not {sha256}). Nothing of it was kept; try another network') from None


class Resuming:
    """Downloader for pooch that goes on where the last try, or the last process, was broken off."""

    def __init__(self, part: Path, limit: int, describe: str):
        self.part, self.limit, self.describe = part, limit, describe

    def __call__(self, url, output_file, store):  # noqa: ARG002  pooch gives `store`
        """Called by pooch: fetch `url` to `output_file`."""
        with open(self.part, 'ab') as file, progress(self.describe, file.tell()) as bar:
            receive(url, file, start=file.tell(), limit=self.limit, bar=bar)
        os.replace(self.part, output_file)


def part_of(file: Path) -> Path:
    """Where what has come of `file` so far is kept."""
    return file.with_name(f'{file.name}.part')


def progress(describe: str, done: int = 0, total: int | None = None) -> tqdm:
    """A progress bar in bytes."""
    return tqdm(desc=describe, initial=done, total=total, unit='B', unit_scale=True, leave=False)


def receive(url: str, file: IO[bytes], *, limit: int, start: int = 0, stop: int | None = None,
            headers: dict[str, str] | None = None, bar: tqdm) -> dict[str, str]:
    """Append the bytes from `start` up to `stop` (None: the end) of `url` to the open `file`.

    Where a server sends the whole although it was to go on from `start`, the file begins anew.
    Returns the headers of the answer and of the redirections before it, one dictionary.
    Raises `DownloadError` for what a further try can't mend, and exceptions of requests for what it may.
    """
    asked = {**(headers or {}), 'Accept-Encoding': 'identity'}
    if start or stop is not None:
        asked['Range'] = f'bytes={start}-{"" if stop is None else stop - 1}'
    with requests.Session() as session:
        session.max_redirects = REDIRECTS
        with _ask(session, url, asked) as answer:
            if answer.status_code == 416 and not _complete(answer, start):
                file.truncate(0)  # what is here is of another file: the next try begins anew
                raise requests.ConnectionError('broken off')
            if not _complete(answer, start):
                begin = _begin(answer, url, start, stop)
                if begin != start:
                    file.truncate(0)
                    bar.reset()
                _take(answer, url, file, (limit if stop is None else stop) - begin, bar)
            return {key: value for each in (*answer.history, answer) for key, value in each.headers.items()}


def _ask(session, url, headers):
    try:
        answer = session.get(url, headers=headers, stream=True, timeout=(CONNECT, SILENCE))
    except requests.TooManyRedirects:
        raise DownloadError(f'{_host(url)} redirects in a circle ({url}): tell whoever runs it, or try later') from None
    except (requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema,
            requests.exceptions.InvalidURL, requests.exceptions.InvalidProxyURL) as error:
        raise DownloadError(f'{url} cannot be fetched ({error}): only http and https addresses can') from None
    if answer.status_code >= 500 or answer.status_code in (408, 429):
        answer.close()
        answer.raise_for_status()
    if answer.status_code >= 400 and answer.status_code != 416:
        answer.close()
        raise DownloadError(f'{url} is not there: {_host(url)} answers {answer.status_code} {answer.reason}')
    if url.startswith('https:') and not answer.url.startswith('https:'):
        answer.close()
        raise DownloadError(f'{_host(url)} leads to {answer.url}, which anybody on the way could change: it was not '
                            'followed; try another network')
    if answer.headers.get('Content-Encoding', 'identity') != 'identity':  # may swell without end
        answer.close()
        raise DownloadError(f'{_host(url)} sends {url} compressed, although plain bytes were asked for: '
                            'a proxy may be in the way, try another network')
    return answer


def _complete(answer, start):
    """Whether there is nothing after `start`: a process died after the last byte."""
    return answer.status_code == 416 and answer.headers.get('Content-Range', '') == f'bytes */{start}'


def _begin(answer, url, start, stop):
    """The place in the published file at which the answer begins."""
    if answer.status_code == 206:
        found = re.match(r'bytes (\d+)-', answer.headers.get('Content-Range', ''))
        if found and int(found[1]) == start:
            return start
    elif answer.status_code == 200 and stop is None:
        return 0
    raise DownloadError(f'{_host(url)} does not send parts of a file (it answers {answer.status_code}): '
                        'a proxy may be in the way, try another network, or take weights from another source '
                        '(python -m d2l_style weights list)')


def _take(answer, url, file, most, bar):
    """Write the body of `answer`, `most` bytes at most, to `file`, with an eye on its speed."""
    length = answer.headers.get('Content-Length')
    expected = int(length) if length and length.isdigit() else None
    if (expected or 0) > most:
        raise DownloadError(f'{url} has {expected} bytes, and at most {most} are allowed')
    need_space(Path(file.name).parent, expected or 0)
    bar.total = bar.total or (expected and bar.n + expected)
    received, since, then = 0, time.monotonic(), 0
    for piece in _pieces(answer):
        received += len(piece)
        if received > most:
            file.truncate(0)
            raise DownloadError(f'{url} goes on after {most} bytes, more than are allowed: nothing of it was kept')
        _write(file, piece)
        bar.update(len(piece))
        if time.monotonic() - since > PATIENCE:
            if received - then < SLOWEST * PATIENCE:
                raise DownloadError(f'{_host(url)} sends less than {SLOWEST / 1000:.0f} kB a second: try later, or '
                                    'another network. What came is kept: the same command goes on from there')
            since, then = time.monotonic(), received
    if expected is not None and received < expected:
        raise requests.ConnectionError('broken off')


def _pieces(answer):
    """The body as it arrives: a read that waits for a full piece would not notice a trickle."""
    try:
        while True:
            piece = answer.raw.read1(PIECE, decode_content=False)
            if not piece:
                return
            yield piece
    except urllib3.exceptions.ReadTimeoutError:
        raise requests.ReadTimeout('silent in the middle') from None
    except (urllib3.exceptions.HTTPError, OSError):
        raise requests.ConnectionError('broken off') from None


def _write(file, piece):
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        file.truncate(0)  # half of it is of no use on a full disk
        raise DownloadError(f'the disk of {Path(file.name).parent} is full: make room, or set D2L_STYLE_CACHE to a '
                            'folder on another disk') from None


def _reason(error, url):
    host = _host(url)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f'{host} answers {error.response.status_code} {error.response.reason}'
    if isinstance(error, requests.exceptions.ProxyError):
        return f'the proxy on the way to {host} does not work (HTTPS_PROXY, HTTP_PROXY in the environment)'
    if isinstance(error, requests.exceptions.SSLError):
        return f'the certificate of {host} is not accepted'
    if isinstance(error, requests.Timeout):
        return f'{host} does not answer in time'
    if str(error) == 'broken off':
        return f'the connection to {host} was broken off, {TRIES} times'
    return f'{host} cannot be reached: check the connection, or set HTTPS_PROXY where there is a proxy'


def _host(url):
    return urlsplit(url).netloc or url
