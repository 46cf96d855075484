"""Fetching weights from a server that is not always well: the right weights, or one clear error."""
from d2l_style import DownloadError, WeightsError, load_backbone
from d2l_style.backbones import BACKBONES, parameter_shapes
from d2l_style.store import find_weights
from d2l_style.store.fetch import fetch
from d2l_style.store.folders import cache_folder, copy_file, unfinished, zoo_folder
from d2l_style.store.registry import WEIGHTS
from d2l_style.store.zoo import sha1, unzip

import errno
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import requests

from ..waiting import wait_for
from .conftest import failure, publish, tidy

ROOT = Path(__file__).resolve().parents[2]
BOTH = pytest.mark.parametrize('name', ['vgg19', 'vgg19_torchvision'])


def get(name):
    return fetch(name, shapes(name), report=lambda line: None)


def shapes(name):
    return parameter_shapes(BACKBONES[name].layers())


def same(name, arrays):
    found = find_weights(name, shapes(name)).arrays
    return found.keys() == arrays.keys() and all(np.array_equal(found[key], arrays[key]) for key in arrays)


@BOTH
@pytest.mark.parametrize('faults', [
    [], ['busy'], ['busy', 'busy', 'busy'], ['cut'], ['cut', 'cut', 'busy'], ['silent']], ids=' '.join)
def test_what_mends_itself_gives_the_right_weights(small, server, quick, name, faults):
    server.faults[:] = faults
    get(name)
    assert same(name, small)
    assert tidy(name)
    assert not (cache_folder() / 'incoming' / name).exists()


@BOTH
@pytest.mark.parametrize(('fault', 'sentence'), [
    ('missing', 'answers 404'), ('busy', 'answers 503'), ('cut', 'was broken off'), ('trickle', 'kB a second'),
    ('silent', 'does not answer in time'), ('circle', 'redirects in a circle'),
    ('elsewhere', 'only http and https'), ('bomb', 'compressed'), ('endless', 'more than are allowed|parts of a file'),
    ('garbage', 'no zip|no safetensors')])
def test_what_does_not_mend_is_one_clear_error(small, server, quick, name, fault, sentence):
    server.faults[:] = [fault] * 40
    with pytest.raises(DownloadError, match=sentence) as error:
        get(name)
    assert '\n' not in str(error.value)
    assert tidy(name)
    assert not copy_file(name).exists()
    assert server.sent < 20_000_000
    server.faults.clear()
    get(name)  # and nothing stands in the way of the next try
    assert same(name, small)


@BOTH
def test_a_refused_connection_is_one_clear_error(small, quick, monkeypatch, name):
    for server in ('MXNET_GLUON_REPO', 'HF_ENDPOINT'):
        monkeypatch.setenv(server, 'http://127.0.0.1:9')
    with pytest.raises(DownloadError, match='127.0.0.1:9 cannot be reached.*HTTPS_PROXY'):
        get(name)
    assert tidy(name)


def test_a_protected_address_never_leads_to_an_unprotected_one(small, server, quick, monkeypatch):
    get_ = requests.Session.get

    def redirected(session, url, **options):
        return get_(session, url.replace('https://zoo.invalid', server.url), **options)

    monkeypatch.setattr(requests.Session, 'get', redirected)
    monkeypatch.setenv('MXNET_GLUON_REPO', 'https://zoo.invalid')
    with pytest.raises(DownloadError, match='zoo.invalid leads to http:.*anybody on the way'):
        get('vgg19')


def test_a_break_is_mended_from_where_it_was(small, server, quick):
    server.faults[:] = ['cut']
    get('vgg19')
    first, second = [asked for path, asked in server.requests]
    assert first is None
    assert int(second[len('bytes='):-1]) > 10_000  # not from the start
    assert server.sent < 1.01 * WEIGHTS['vgg19'].size + 1000


def test_a_server_that_can_not_go_on_begins_anew(small, server, quick):
    server.faults[:] = ['cut', 'whole']
    get('vgg19')
    assert same('vgg19', small)


def test_parts_are_not_taken_from_a_server_that_sends_all(small, server, quick):
    server.faults[:] = ['whole'] * 10
    with pytest.raises(DownloadError, match='does not send parts of a file'):
        get('vgg19_torchvision')
    assert tidy('vgg19_torchvision')


def test_a_zip_with_other_weights_in_it_is_not_kept(small, server, quick, tmp_path):
    entry = WEIGHTS['vgg19']
    with zipfile.ZipFile(tmp_path / 'wrong.zip', 'w') as archive:
        archive.writestr(entry.file, b'other weights')
    server.files[f'/gluon/models/{Path(entry.file).stem}.zip'] = tmp_path / 'wrong.zip'
    with pytest.raises(DownloadError, match='SHA-1 is'):
        get('vgg19')
    assert tidy('vgg19')
    assert not (zoo_folder() / entry.file).exists()


@pytest.mark.parametrize(('member', 'sentence'), [
    ('../../evil.params', 'outside its folder'), ('/evil.params', 'outside its folder'),
    ('..\\evil.params', 'outside its folder'), ('other.params', 'holds no')])
def test_a_zip_that_reaches_outside_is_refused(small, server, quick, tmp_path, member, sentence):
    with zipfile.ZipFile(tmp_path / 'evil.zip', 'w') as archive:
        archive.writestr(member, b'evil')
    server.files[f'/gluon/models/{Path(WEIGHTS["vgg19"].file).stem}.zip'] = tmp_path / 'evil.zip'
    with pytest.raises(DownloadError, match=sentence):
        get('vgg19')
    assert not list(tmp_path.rglob('evil.params'))


def test_a_zip_damaged_anywhere_is_one_clear_error(small, tmp_path):
    entry, rng = WEIGHTS['vgg19'], np.random.RandomState(0)
    content = (tmp_path / 'published' / f'{Path(entry.file).stem}.zip').read_bytes()
    for _ in range(60):
        changed = bytearray(content)
        for place in rng.randint(len(content) - 300, len(content), 4):  # where a zip has its directory
            changed[place] = rng.randint(256)
        (tmp_path / 'damaged.zip').write_bytes(changed)
        error = failure(DownloadError, unzip, tmp_path / 'damaged.zip', entry, tmp_path / 'out.params')
        if error:
            assert '\n' not in str(error)
            assert not (tmp_path / 'out.params').exists()
        else:
            assert sha1(tmp_path / 'out.params') == entry.sha1
            (tmp_path / 'out.params').unlink()


def test_a_zip_that_swells_is_stopped(small, server, quick, tmp_path):
    with zipfile.ZipFile(tmp_path / 'bomb.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(WEIGHTS['vgg19'].file, bytes(100_000_000))
    server.files[f'/gluon/models/{Path(WEIGHTS["vgg19"].file).stem}.zip'] = tmp_path / 'bomb.zip'
    with pytest.raises(DownloadError, match='swells'):
        get('vgg19')
    assert tidy('vgg19')


@BOTH
def test_a_disk_without_room_is_told_before(small, quick, monkeypatch, name):
    usage = shutil.disk_usage('/')
    monkeypatch.setattr(shutil, 'disk_usage', lambda folder: usage._replace(free=1000))
    with pytest.raises(DownloadError, match='are needed on the disk of .* D2L_STYLE_CACHE'):
        get(name)
    assert tidy(name)


@BOTH
def test_a_disk_that_fills_up_leaves_nothing(small, quick, monkeypatch, name):
    class Full:
        def __init__(self, file):
            self.file = file

        def write(self, piece):
            raise OSError(errno.ENOSPC, 'No space left on device')

        def __getattr__(self, attribute):
            return getattr(self.file, attribute)

    from d2l_style.store import download
    write = download._write
    monkeypatch.setattr(download, '_write', lambda file, piece: write(Full(file), piece))
    with pytest.raises(DownloadError, match='is full: make room'):
        get(name)
    assert tidy(name)
    assert all(file.stat().st_size == 0 for file in (cache_folder() / 'incoming').rglob('*.part'))


def test_a_proxy_from_the_environment_is_used(small, server, quick, monkeypatch):
    for name in ('http_proxy', 'HTTP_PROXY'):
        monkeypatch.setenv(name, server.url)
    monkeypatch.setenv('NO_PROXY', '')
    monkeypatch.setenv('no_proxy', '')
    monkeypatch.setenv('MXNET_GLUON_REPO', 'http://weights.invalid')
    get('vgg19')
    assert same('vgg19', small)
    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9')
    monkeypatch.setenv('HTTP_PROXY', 'http://127.0.0.1:9')
    shutil.rmtree(cache_folder())
    shutil.rmtree(zoo_folder())
    with pytest.raises(DownloadError, match='the proxy on the way to weights.invalid'):
        get('vgg19')


def test_a_cache_that_can_not_be_made_is_told(small, tmp_path, monkeypatch):
    (tmp_path / 'file').write_text('')
    monkeypatch.setenv('D2L_STYLE_CACHE', str(tmp_path / 'file' / 'cache'))
    with pytest.raises(DownloadError, match='cannot be made .* D2L_STYLE_CACHE'):
        get('vgg19')


# In processes of their own

def start(name, log):
    with open(log, 'w') as stream:
        return subprocess.Popen([sys.executable, '-m', 'tests.store.published', name], cwd=ROOT,
                                stdout=stream, stderr=subprocess.STDOUT)


def half_of(name):
    """Faults that stop in the middle of the weights: the Hub's header comes before them."""
    return ['fine', 'held'] if name == 'vgg19_torchvision' else ['held']


@pytest.mark.slow
@BOTH
def test_a_killed_process_leaves_nothing_in_the_way(small, server, name, tmp_path):
    server.faults[:] = half_of(name)
    process = start(name, tmp_path / 'log')
    wait_for(lambda: any(file.stat().st_size > 1 << 17 for file in (cache_folder() / 'incoming').rglob('*.part')),
             process)
    process.kill()
    process.wait()
    assert not copy_file(name).exists()
    asked_before = len(server.requests)
    get(name)
    assert same(name, small)
    assert tidy(name)
    assert any(int(asked[len('bytes='):].split('-')[0]) > 1 << 17  # goes on where the other was killed
               for _, asked in server.requests[asked_before:] if asked)
    server.go.set()


def test_a_process_killed_while_it_unpacked_leaves_nothing_in_the_way(small, server):
    for file in (zoo_folder() / WEIGHTS['vgg19'].file, copy_file('vgg19')):
        file.parent.mkdir(parents=True)
        unfinished(file).write_bytes(b'half of it')
    archive = Path(WEIGHTS['vgg19'].file).with_suffix('.zip').name
    incoming = cache_folder() / 'incoming' / 'vgg19'
    incoming.mkdir(parents=True)
    shutil.copy(str(server.files[f'/gluon/models/{archive}']), str(incoming / archive))
    get('vgg19')
    assert same('vgg19', small) and tidy('vgg19')
    assert not server.requests  # all had come already
    assert not unfinished(zoo_folder() / WEIGHTS['vgg19'].file).exists()


@pytest.mark.slow
@BOTH
def test_two_processes_fetch_once(small, server, name, tmp_path):
    server.faults[:] = half_of(name)
    logs = [tmp_path / 'first', tmp_path / 'second']
    both = [start(name, log) for log in logs]
    wait_for(lambda: sum('waiting for it' in log.read_text() for log in logs) == 1, *both)
    server.go.set()
    assert [process.wait() for process in both] == [0, 0]
    assert server.sent < 1.2 * sum(array.nbytes for array in small.values())
    assert same(name, small)


# Of the full size

@pytest.mark.slow
def test_of_the_safetensors_file_only_what_is_used_is_transferred(full, server):
    publish(server, full.folder)
    get('vgg19_torchvision')
    assert full.folder.joinpath('model.safetensors').stat().st_size > 570_000_000
    assert server.sent <= 53_000_000
    assert {path for path, _ in server.requests} == {  # and nothing else is asked, of nobody
        '/timm/vgg19.tv_in1k/resolve/main/model.safetensors', '/cdn/model.safetensors'}
    assert same('vgg19_torchvision', full.arrays)
    facts = find_weights('vgg19_torchvision', shapes('vgg19_torchvision')).facts
    assert 'c0ffee' in facts.checked and 'timm/vgg19.tv_in1k' in facts.source and 'BSD' in facts.licence
    assert copy_file('vgg19_torchvision').stat().st_size < 52_500_000


@pytest.mark.slow
def test_of_the_zoos_file_a_small_copy_is_kept(full, server, monkeypatch):
    params = full.folder / 'all.params'
    monkeypatch.setitem(WEIGHTS, 'vgg19', replace(WEIGHTS['vgg19'], sha1=sha1(params)))
    archive = full.folder / f'{Path(WEIGHTS["vgg19"].file).stem}.zip'
    with zipfile.ZipFile(archive, 'w') as opened:
        opened.write(params, WEIGHTS['vgg19'].file)
    publish(server, full.folder)
    get('vgg19')
    archive.unlink()
    assert same('vgg19', full.arrays)
    assert 51_000_000 < copy_file('vgg19').stat().st_size < 52_500_000
    (zoo_folder() / WEIGHTS['vgg19'].file).unlink()
    assert len(load_backbone('vgg19')) == 29
    shutil.rmtree(cache_folder())
    with pytest.raises(WeightsError, match='-m d2l_style weights fetch vgg19'):
        load_backbone('vgg19')
