"""Weights that come on a stick or a share, and weights of one's own."""
from d2l_style import DownloadError, FeatureNet, WeightsError, find_backbone, load_backbone
from d2l_style.backbones import BACKBONES, parameter_shapes
from d2l_style.store import find_weights
from d2l_style.store.copies import read_copy, write_copy
from d2l_style.store.fetch import fetch
from d2l_style.store.folders import cache_folder, copy_file, zoo_folder
from d2l_style.store.packs import bring_in, export
from d2l_style.store.registry import WEIGHTS

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pooch
import pytest

from .conftest import failure
from .test_fetch import get, same, shapes


@pytest.fixture
def pack(small, tmp_path):
    """A pack of `vgg19`, and a machine that has nothing else."""
    get('vgg19')
    file = export(find_weights('vgg19', shapes('vgg19')), tmp_path)
    shutil.rmtree(cache_folder())
    shutil.rmtree(zoo_folder())
    return file


def networks():
    return {name: parameter_shapes(backbone.layers()) for name, backbone in BACKBONES.items()}


def test_a_pack_holds_source_licence_and_hash_and_brings_the_weights(pack, small):
    _arrays, facts = read_copy(pack)
    assert pack.name == 'vgg19.safetensors'
    assert 'model zoo' in facts.source and 'SHA-1' in facts.checked and 'Apache License' in facts.licence
    assert bring_in(pack, networks()) == facts
    assert same('vgg19', small)


def test_a_pack_that_can_not_be_written_is_told(pack, small, tmp_path):
    (tmp_path / 'file').write_text('')
    bring_in(pack, networks())
    with pytest.raises(DownloadError, match='give another place for the pack'):
        export(find_weights('vgg19', shapes('vgg19')), tmp_path / 'file' / 'pack')


def test_a_pack_may_come_from_another_machine_over_http(pack, small, server, quick):
    server.files['/vgg19.safetensors'] = pack
    digest = pooch.file_hash(str(pack))
    with pytest.raises(DownloadError, match='sent something else'):
        bring_in(f'{server.url}/vgg19.safetensors', networks(), sha256='0' * 64)
    server.faults[:] = ['cut']
    assert bring_in(f'{server.url}/vgg19.safetensors', networks(), sha256=digest).name == 'vgg19'
    assert same('vgg19', small)
    assert not any((cache_folder() / 'incoming').iterdir())
    with pytest.raises(DownloadError, match='answers 404'):
        bring_in(f'{server.url}/vgg20.safetensors', networks())


def test_a_damaged_pack_is_not_brought_in(pack):
    content = bytearray(pack.read_bytes())
    content[-100] ^= 1
    pack.write_bytes(content)
    with pytest.raises(WeightsError, match='was changed or damaged'):
        bring_in(pack, networks())
    pack.write_bytes(content[:1000])
    with pytest.raises(WeightsError, match='cannot be read as weights'):
        bring_in(pack, networks())
    with pytest.raises(WeightsError, match='there is no file'):
        bring_in(pack.with_name('nothing'), networks())
    assert not copy_file('vgg19').exists()


def test_a_pack_for_another_network_is_refused(pack):
    arrays, facts = read_copy(pack)
    for changed in (replace(facts, backbone='vgg16'), replace(facts, backbone='../vgg19'),
                    replace(facts, name='../../evil')):
        write_copy(pack, arrays, changed)
        with pytest.raises((WeightsError, ValueError), match='does not fit|can not be the name'):
            bring_in(pack, networks())
    write_copy(pack, dict(list(arrays.items())[:4]), facts)  # a published one, and not complete
    with pytest.raises(WeightsError, match='does not fit'):
        bring_in(pack, networks())


def test_a_shared_folder_comes_first_and_may_be_read_only(pack, small, tmp_path, monkeypatch):
    share = tmp_path / 'share'
    share.mkdir()
    pack.rename(share / pack.name)
    share.chmod(0o555)
    monkeypatch.setenv('D2L_STYLE_WEIGHTS', str(share))
    found = find_weights('vgg19', shapes('vgg19'))
    assert found.file == share / 'vgg19.safetensors'
    assert fetch('vgg19', shapes('vgg19')) == found.file  # nothing is left to fetch
    assert not copy_file('vgg19').exists()
    assert [file.name for file in share.iterdir()] == ['vgg19.safetensors']
    share.chmod(0o755)


def test_a_share_may_hold_the_published_file(small, tmp_path, monkeypatch):
    get('vgg19')
    share = tmp_path / 'share'
    share.mkdir()
    file = zoo_folder() / WEIGHTS['vgg19'].file
    shutil.move(str(file), str(share / file.name))
    shutil.rmtree(cache_folder())
    monkeypatch.setenv('D2L_STYLE_WEIGHTS', str(share))
    assert same('vgg19', small)
    assert copy_file('vgg19').exists()  # and is read from there the next time


def test_a_cache_that_can_not_be_written_stands_in_nobodys_way(small, tmp_path, monkeypatch):
    get('vgg19')
    (tmp_path / 'file').write_text('')
    monkeypatch.setenv('D2L_STYLE_CACHE', str(tmp_path / 'file' / 'cache'))
    assert same('vgg19', small)


@pytest.mark.parametrize('what', ['params', 'zip'])
def test_a_published_file_is_known_by_its_hash_whatever_its_name(small, tmp_path, what):
    get('vgg19')
    stem = Path(WEIGHTS['vgg19'].file).stem
    file = tmp_path / 'published' / f'{stem}.zip' if what == 'zip' else zoo_folder() / WEIGHTS['vgg19'].file
    file = shutil.copy(str(file), str(tmp_path / 'from a friend'))
    shutil.rmtree(cache_folder())
    shutil.rmtree(zoo_folder())
    facts = bring_in(file, networks())
    assert facts.name == 'vgg19' and WEIGHTS['vgg19'].sha1 in facts.checked
    assert same('vgg19', small)


def test_a_copy_under_another_name_is_not_taken_for_it(pack):
    bring_in(pack, networks())
    os.replace(copy_file('vgg19'), copy_file('vgg16'))
    with pytest.raises(WeightsError, match='holds the weights of vgg19'):
        load_backbone('vgg16')


def test_a_damaged_copy_is_told_and_fetched_anew(small, server):
    get('vgg19')
    content = bytearray(copy_file('vgg19').read_bytes())
    content[-100] ^= 1
    copy_file('vgg19').write_bytes(content)
    with pytest.raises(WeightsError, match='was changed or damaged'):
        find_weights('vgg19', shapes('vgg19'))
    get('vgg19')
    assert same('vgg19', small)


def test_fetched_as_half_they_are_nearly_the_same(small):
    fetch('vgg19', shapes('vgg19'), half=True, report=lambda line: None)
    found = find_weights('vgg19', shapes('vgg19')).arrays
    assert all(np.allclose(found[name], small[name], rtol=1e-3, atol=1e-6) for name in small)
    assert copy_file('vgg19').stat().st_size < 0.55 * sum(array.nbytes for array in small.values())


def test_weights_of_ones_own_may_end_early(small, tmp_path):
    first = {name: array for name, array in small.items() if int(name.split('.')[1]) <= 16}
    np.savez(tmp_path / 'blocks.npz', **first)
    with pytest.raises(ValueError, match='--as'):
        bring_in(tmp_path / 'blocks.npz', networks())
    facts = bring_in(tmp_path / 'blocks.npz', networks(), 'blocks1-3')
    assert facts.backbone == 'vgg19' and 'own file blocks.npz' in facts.source
    backbone = find_backbone('blocks1-3')
    assert backbone.names[-1] == 'conv3_4'
    net = FeatureNet(load_backbone('blocks1-3'))
    assert (net.content_layers, net.style_layers) == ([16], [0, 5, 10])
    with pytest.raises(ValueError, match="'conv4_4' is no content layer"):
        FeatureNet(load_backbone('blocks1-3'), ['conv4_4'])


def test_weights_of_ones_own_for_the_small_network_need_no_heads(tmp_path):
    own = load_backbone('vgg19_slim')
    np.savez(tmp_path / 'own.npz', **{f'features.{name}': parameter.data().asnumpy()
                                      for name, parameter in own._collect_params_with_prefix().items()})
    assert bring_in(tmp_path / 'own.npz', networks(), 'own').backbone == 'vgg19_slim'
    loaded = load_backbone('own')
    assert loaded.heads == {} and loaded.backbone.borders == 'zeros'
    assert FeatureNet(loaded).style_layers == [0, 5, 10, 19, 28]


@pytest.mark.parametrize('name', ['vgg19', '../evil', '', 'a b', 'x' * 60, '.hidden'])
def test_weights_of_ones_own_have_names_of_their_own(small, tmp_path, name):
    np.savez(tmp_path / 'w.npz', **small)
    with pytest.raises(ValueError, match='can not be the name'):
        bring_in(tmp_path / 'w.npz', networks(), name)


def test_a_damaged_file_of_ones_own_gives_one_sentence(small, tmp_path):
    np.savez(tmp_path / 'w.npz', **dict(list(small.items())[:2]))
    content, rng, known = (tmp_path / 'w.npz').read_bytes(), np.random.RandomState(0), networks()
    for _ in range(100):
        changed = bytearray(content)
        for place in rng.randint(len(content) - 500, len(content), 4):  # where a zip has its directory
            changed[place] = rng.randint(256)
        (tmp_path / 'w.npz').write_bytes(changed)
        assert '\n' not in str(failure(WeightsError, bring_in, tmp_path / 'w.npz', known, 'mine'))


@pytest.mark.parametrize('change', [
    lambda arrays: {name: array[:1] for name, array in arrays.items()},
    lambda arrays: {name: array for name, array in arrays.items() if name != 'features.2.weight'},
    lambda arrays: {name: array for name, array in arrays.items() if name != 'features.28.bias'},
    lambda arrays: {f'net.{name}': array for name, array in arrays.items()}],
    ids=['other shapes', 'a hole', 'no last bias', 'other names'])
def test_weights_that_fit_no_network_are_refused(small, tmp_path, change):
    np.savez(tmp_path / 'w.npz', **change(small))
    with pytest.raises(WeightsError, match='fits no backbone'):
        bring_in(tmp_path / 'w.npz', networks(), 'mine')
