from d2l_style.backbones import BACKBONES  # before MXNet, as its threads are set there
from d2l_style.store.folders import cache_folder, copy_file
from d2l_style.store.registry import WEIGHTS

import shutil
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import filelock
import pytest
import requests

from . import published
from .server import Server, running


@pytest.fixture
def server(monkeypatch):
    """A server that stands in for the model zoo and for the Hub."""
    with running(Server()) as server:
        monkeypatch.setenv('MXNET_GLUON_REPO', server.url)
        monkeypatch.setenv('HF_ENDPOINT', server.url)
        yield server


@pytest.fixture
def quick(server, monkeypatch):
    """No pauses between tries, and no patience with a server that is about to say nothing; with others, much."""
    get = requests.Session.get

    def knowing(session, url, **options):
        silence = 0.2 if server.faults[:1] == ['silent'] else 300
        return get(session, url, **{**options, 'timeout': (300, silence)})

    monkeypatch.setattr(requests.Session, 'get', knowing)
    monkeypatch.setattr('pooch.core.time', SimpleNamespace(sleep=lambda seconds: None))
    monkeypatch.setattr('d2l_style.store.download.PATIENCE', 0.5)


@pytest.fixture
def small(tmp_path, server, monkeypatch):
    """`vgg19` and `vgg19_torchvision` as small networks, published by the server; what they hold."""
    for registry in (BACKBONES, WEIGHTS):
        for name in ('vgg19', 'vgg19_torchvision'):
            monkeypatch.setitem(registry, name, registry[name])
    folder = tmp_path / 'published'
    arrays = published.tiny(folder)
    publish(server, folder)
    return arrays


Full = namedtuple('Full', 'folder arrays')


@pytest.fixture(scope='session')
def full(tmp_path_factory):
    """The files of a VGG-19 of the full size, and what is used of them."""
    folder = tmp_path_factory.mktemp('full')
    yield Full(folder, published.full(folder))
    shutil.rmtree(folder)  # more than a gigabyte, which pytest would keep for three runs


def publish(server, folder):
    """Put the files of `folder` where the zoo and the Hub have theirs."""
    stem = Path(WEIGHTS['vgg19'].file).stem
    for file, path in ((folder / f'{stem}.zip', f'/gluon/models/{stem}.zip'),
                       (folder / 'model.safetensors', '/cdn/model.safetensors')):
        if file.exists():
            server.files[path] = file


def tidy(name):
    """Whether nothing half-done is in the cache of `name`: no lock that is held, no broken copy."""
    with filelock.FileLock(str(cache_folder() / 'locks' / f'{name}.lock'), timeout=0):
        pass
    kept = {file.suffix for file in (cache_folder() / 'incoming').rglob('*') if file.is_file() and file.stat().st_size}
    copies = [file.name for file in copy_file(name).parent.glob('*')] if copy_file(name).parent.exists() else []
    return kept <= {'.part'} and copies in ([], [copy_file(name).name])


def failure(kind, function, *arguments):
    """The error of `kind` that a call ends with, or None where it succeeds; any other one goes on."""
    try:
        function(*arguments)
    except kind as error:
        return error
    return None
