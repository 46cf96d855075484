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

from ..compat.progress import tqdm
from .errors import DownloadError, brief, shown
from .folders import make_folder, need_space
from .network import NO_PROXY, certificate_setting, host_of, proxy_setting, user_agent, what_is_wrong

CONNECT, SILENCE = 10, 30  # seconds: for a connection, and without a byte
SLOWEST, PATIENCE = 2000, 60  # bytes a second, averaged over so many seconds: less is given up
PIECE = 1 << 18  # bytes
TRIES = 4
REDIRECTS = 5
REFUSED = 401, 403, 406, 451  # answers to a program that a browser may not get
SAVE = 'save it in the browser and give the path'
RESERVED = re.compile(r'(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)  # no names for files on Windows

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
        raise DownloadError(f'{describe} is not what was published: {host_of(url)} sent something else '
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


def last_part(url: str) -> str:
    """The last part of an address as a name for a file on any system, at most 80 letters with its suffix; may be ''."""
    try:
        name = urlsplit(url).path.rpartition('/')[2]
    except ValueError:
        return ''
    name = re.sub(r'[^\w.%+=~@()-]', '_', name, flags=re.ASCII)[-80:].strip('.')
    return f'_{name}' if RESERVED.match(name) else name


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
    asked = {**(headers or {}), 'Accept-Encoding': 'identity', 'User-Agent': user_agent()}
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
        raise DownloadError(f'{host_of(url)} redirects in a circle ({brief(url)}): tell whoever runs it, or try '
                            'later') from None
    except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
        if isinstance(error, requests.RequestException) and not isinstance(error, ValueError):
            raise  # a further try may mend it
        raise DownloadError(what_is_wrong(url, error)) from None
    if answer.status_code >= 500 or answer.status_code in (408, 429):
        answer.close()
        answer.raise_for_status()
    if answer.status_code >= 400 and answer.status_code != 416:
        answer.close()
        raise DownloadError(_refusal(url, answer))
    if url.startswith('https:') and not answer.url.startswith('https:'):
        answer.close()
        raise DownloadError(f'{host_of(url)} leads to {brief(answer.url)}, which anybody on the way could change: it '
                            'was not followed; try another network')
    if answer.headers.get('Content-Encoding', 'identity') != 'identity':  # may swell without end
        answer.close()
        raise DownloadError(f'{host_of(url)} sends {brief(url)} compressed, although plain bytes were asked for: '
                            'a proxy may be in the way, try another network')
    return answer


def _refusal(url, answer):
    """What an answer from 400 to 499 means, and what to do."""
    told, proxy = f'{host_of(url)} answers {answer.status_code} {brief(answer.reason)}', proxy_setting(url)
    if answer.status_code == 407:
        return (f'the proxy on the way to {host_of(url)}, {proxy or "which no variable names"}, wants a name and a '
                f'password: set the variable to http://NAME:PASSWORD@SERVER:PORT, {NO_PROXY}')
    if answer.status_code in REFUSED:
        return (f'the server refuses {shown(url)} ({told}{f", or the proxy {proxy} does" if proxy else ""}): {SAVE}')
    return f'{brief(url)} is not there: {told}'


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
    raise DownloadError(f'{host_of(url)} does not send parts of a file (it answers {answer.status_code}): '
                        'a proxy may be in the way, try another network, or take weights from another source '
                        '(python -m d2l_style weights list)')


def _take(answer, url, file, most, bar):
    """Write the body of `answer`, `most` bytes at most, to `file`, with an eye on its speed."""
    length = answer.headers.get('Content-Length')
    expected = int(length) if length and length.isdigit() else None
    if (expected or 0) > most:
        raise DownloadError(f'{brief(url)} has {expected} bytes, and at most {most} are allowed')
    need_space(Path(file.name).parent, expected or 0)
    bar.total = bar.total or (expected and bar.n + expected)
    received, since, then = 0, time.monotonic(), 0
    for piece in _pieces(answer):
        received += len(piece)
        if received > most:
            file.truncate(0)
            raise DownloadError(f'{brief(url)} goes on after {most} bytes, more than are allowed: nothing of it was '
                                'kept')
        _write(file, piece)
        bar.update(len(piece))
        if time.monotonic() - since > PATIENCE:
            if received - then < SLOWEST * PATIENCE:
                raise DownloadError(f'{host_of(url)} sends less than {SLOWEST / 1000:.0f} kB a second: try later, or '
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
    host = host_of(url)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        told = f'{host} answers {error.response.status_code} {brief(error.response.reason)}'
        if error.response.status_code in (429, 503):
            return f'the server refuses it for now ({told}): try later, or {SAVE}'
        return told
    proxy = proxy_setting(url)
    if isinstance(error, requests.exceptions.ProxyError) or (proxy and 'SOCKS' in str(error)):
        return (f'the proxy on the way to {host}, {proxy or "which no variable names"}, does not work: ask for the '
                f'right one, or make the variable {NO_PROXY.removeprefix("or ")}')
    if isinstance(error, requests.exceptions.SSLError):
        trusted = certificate_setting()
        return f'the certificate of {host} is not accepted' + (
            f' ({trusted} in the environment says which ones are): mend it, or unset it' if trusted else
            ': where the network has certificates of its own, set REQUESTS_CA_BUNDLE to the file with them')
    if isinstance(error, requests.Timeout):
        return f'{host} does not answer in time'
    if str(error) == 'broken off':
        return f'the connection to {host} was broken off, {TRIES} times'
    return f'{host} cannot be reached: check the connection, or set HTTPS_PROXY where there is a proxy'
