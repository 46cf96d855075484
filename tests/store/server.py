"""A server on the loopback that publishes files as the model zoo and the Hub do, and misbehaves when asked to."""
import gzip
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

BOMB = gzip.compress(bytes(50_000_000))
HUB = re.compile(r'/(?P<repo>[^/]+/[^/]+)/resolve/main/(?P<file>[^/]+)$')


class Server(ThreadingHTTPServer):
    """`files`: {path: bytes or `Path`}. `faults`: what to do wrong in the next requests for a file, one each."""

    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        self.files, self.faults, self.sent, self.requests = {}, [], 0, []
        self.agents = set()  # who asked
        self.go = threading.Event()  # what half an answer, and a silent one, wait for; the end of a test sets it
        self.lock = threading.Lock()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_address[1]}'

    def handle_error(self, request, client_address):
        """A client that went away is nothing to print."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urlsplit(self.path).path  # a proxy is asked for a whole address
        with self.server.lock:
            self.server.requests.append((path, self.headers.get('Range')))
            self.server.agents.add(self.headers.get('User-Agent'))
        hub = HUB.match(path)
        if hub:
            return self._answer(302, {'Location': f'/cdn/{hub["file"]}', 'X-Repo-Commit': 'c0ffee',
                                      'X-Linked-Etag': '"abc"'})
        if path not in self.server.files:
            return self._answer(404)
        with self.server.lock:
            fault = self.server.faults.pop(0) if self.server.faults else 'fine'
        if isinstance(fault, int):
            return self._answer(fault)
        return getattr(self, f'_{fault}')(self.server.files[path])

    def _answer(self, status, headers=None, body=b''):
        self.send_response(status)
        for key, value in {'Content-Length': len(body), **(headers or {})}.items():
            if value is not None:
                self.send_header(key, str(value))
        self.end_headers()
        self._send(body)

    def _send(self, body):
        for first in range(0, len(body), 1 << 20):
            piece = body[first:first + (1 << 20)]
            self.wfile.write(piece)
            with self.server.lock:
                self.server.sent += len(piece)

    def _part(self, content):
        """(status, headers, body) for the range that was asked for."""
        length = content.stat().st_size if isinstance(content, Path) else len(content)
        asked = re.match(r'bytes=(\d+)-(\d*)', self.headers.get('Range', ''))
        first = int(asked[1]) if asked else 0
        stop = min(int(asked[2]) + 1 if asked and asked[2] else length, length)
        if asked and first >= length:
            return 416, {'Content-Range': f'bytes */{length}'}, b''
        if isinstance(content, Path):
            with open(content, 'rb') as file:
                file.seek(first)
                body = file.read(stop - first)
        else:
            body = content[first:stop]
        return (206, {'Content-Range': f'bytes {first}-{stop - 1}/{length}'}, body) if asked else (200, {}, body)

    def _fine(self, content):
        self._answer(*self._part(content))

    def _missing(self, content):
        self._answer(404)

    def _busy(self, content):
        self._answer(503)

    def _cut(self, content):
        status, headers, body = self._part(content)
        self._answer(status, {**headers, 'Content-Length': len(body)}, body[:len(body) // 2])
        self.close_connection = True

    def _held(self, content):
        """Half of it, and the rest when the test says so."""
        status, headers, body = self._part(content)
        self._answer(status, {**headers, 'Content-Length': len(body)})
        self._send(body[:len(body) // 2])
        self.server.go.wait()
        self._send(body[len(body) // 2:])

    def _trickle(self, content):
        """A few bytes now and then."""
        status, headers, body = self._part(content)
        self._answer(status, {**headers, 'Content-Length': len(body)})
        for first in range(0, len(body), 10):
            self._send(body[first:first + 10])
            self.wfile.flush()
            time.sleep(0.05)

    def _silent(self, content):
        self.server.go.wait()

    def _garbage(self, content):
        status, headers, body = self._part(content)
        self._answer(status, headers, bytes(len(body)))

    def _whole(self, content):
        """Range is not supported."""
        del self.headers['Range']
        self._answer(*self._part(content))

    def _circle(self, content):
        self.server.faults.append('circle')  # before the client can have the answer
        self._answer(302, {'Location': self.path})

    def _elsewhere(self, content):
        self._answer(302, {'Location': 'file:///etc/passwd'})

    def _bomb(self, content):
        self._answer(200, {'Content-Encoding': 'gzip'}, BOMB)

    def _endless(self, content):
        self._answer(200, {'Content-Length': None})
        for _ in range(10_000):
            self._send(bytes(1 << 16))


@contextmanager
def running(server):
    """`server` at work in a thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.go.set()
        server.shutdown()
        server.server_close()
