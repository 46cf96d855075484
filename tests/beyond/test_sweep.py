from d2l_style import read_image
from d2l_style.beyond import sweep as sweep_module
from d2l_style.beyond.sweep import Cell, compute, contact_sheet, expand, sweep

import io
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

pytestmark = pytest.mark.slow
QUICK = {'image_shape': (48, 32), 'epochs': 3}


def test_a_grid_is_every_combination_with_the_last_name_fastest():
    cells, varied = expand({'style_weight': [1, 2], 'tv_weight': [0, 10, 20], 'epochs': 7, 'seed': [3]})
    assert varied == ('style_weight', 'tv_weight')
    assert [(cell.style_weight, cell.tv_weight) for cell in cells][:4] == [(1, 0), (1, 10), (1, 20), (2, 0)]
    assert {(cell.epochs, cell.seed) for cell in cells} == {(7, 3)}


@pytest.mark.parametrize(('grid', 'sentence'), [
    ({'weight': [1]}, "no setting 'weight'.*style_weight"), ({'style_weight': []}, 'is empty'),
    ({'weights': (1, 1e5, 10)}, "no setting 'weights': give content_weight, style_weight and tv_weight"),
    ({'style_weight': [-1]}, 'give a finite number'), ({'start': 'nothing'}, 'start is'),
    ({'epochs': [0]}, 'epochs is 0'), ({'image_shape': (4, 4)}, 'pixels'),
    ({'style_scale': [1, 9]}, 'style_scale is 9')])
def test_a_grid_that_makes_no_sense_is_told_before_anything_is_computed(tmp_path, grid, sentence):
    with pytest.raises(ValueError, match=sentence):
        sweep(tmp_path, **grid)
    assert not list(tmp_path.iterdir())


def test_a_sweep_is_a_tidy_table_with_pictures_and_a_sheet(tmp_path):
    swept = sweep(tmp_path, style_weight=[100, 1e4], tv_weight=[0, 10], **QUICK)
    table = swept.table
    assert list(table['style_weight']) == [100, 100, 1e4, 1e4] and list(table['tv_weight']) == [0, 10, 0, 10]
    layers = ['content conv4_4', *(f'style conv{block}_1' for block in range(1, 6)), 'TV']
    assert np.isfinite(table[layers].to_numpy()).all() and (table['error'] == '').all() and (table['seconds'] > 0).all()
    assert len(pd.read_csv(tmp_path / 'table.csv')) == 4
    assert swept.pictures()[3].shape == (32, 48, 3)
    assert Image.open(tmp_path / 'sheet.png').size[0] > 400
    titles = [axis.get_title() for axis in contact_sheet(swept).axes]
    assert titles[1].split('\n') == ['style weight: 100', 'TV weight: 10']


def test_a_cell_is_what_the_chapters_loop_makes_of_its_settings():
    from d2l_style import FeatureNet, Weights, get_contents, get_styles, load_backbone, postprocess, read_image, train
    net = FeatureNet(load_backbone(), ['conv3_1'], ['conv1_1', 'conv2_1'])
    X, contents_Y = get_contents(read_image('cat'), (48, 32), net)
    _, styles_Y = get_styles(read_image('brick'), (48, 32), net, 1.5)
    expected = postprocess(train(X, contents_Y, styles_Y, net, 0.05, 4, 2, weights=Weights(2, 30, 1), progress=False))
    cell = Cell('cat', 'brick', content_layers=('conv3_1',), style_layers=('conv1_1', 'conv2_1'), content_weight=2,
                style_weight=30, tv_weight=1, image_shape=(48, 32), style_scale=1.5, lr=0.05, lr_decay_epoch=2,
                epochs=4)
    row, png = compute(cell)
    assert abs(np.asarray(Image.open(io.BytesIO(png))) / 255 - expected.asnumpy()).max() < 1 / 255
    assert row['error'] == '' and 'content conv3_1' in row


def test_a_sweep_keeps_the_curves_of_its_runs_beside_the_table(tmp_path):
    swept = sweep(tmp_path, tv_weight=[0, 10], image_shape=(48, 32), epochs=80)
    assert 'curves' not in swept.table and 'curves' not in (tmp_path / 'table.csv').read_text()
    curves = swept.curves()[1]
    assert curves['epochs'][0] == 0 and curves['epochs'][-1] == 79 and len(curves['epochs']) == 60
    assert curves['style'][-1] < curves['style'][0] and len(curves['content']) == len(curves['TV']) == 60
    assert swept.save(tmp_path / 'elsewhere').curves() == swept.curves() == sweep(
        tmp_path, tv_weight=[0, 10], image_shape=(48, 32), epochs=80).curves()


def test_what_is_there_is_not_computed_again(tmp_path, monkeypatch):
    sweep(tmp_path, tv_weight=[0, 10], **QUICK)
    computed = []
    monkeypatch.setattr(sweep_module, 'compute', lambda cell: computed.append(cell) or compute(cell))
    assert len(sweep(tmp_path, tv_weight=[0, 10, 20], **QUICK).table) == 3
    assert [cell.tv_weight for cell in computed] == [20]
    (tmp_path / f'{computed[0].key()}.png').unlink()  # half of a cell is none
    sweep(tmp_path, tv_weight=[0, 10, 20], **QUICK)
    assert [cell.tv_weight for cell in computed] == [20, 20]


def test_a_sweep_that_was_interrupted_goes_on(tmp_path, monkeypatch):
    def interrupted(cell):
        if cell.tv_weight == 10:
            raise KeyboardInterrupt
        return compute(cell)
    monkeypatch.setattr(sweep_module, 'compute', interrupted)
    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path, tv_weight=[0, 10, 20], **QUICK)
    done = []
    monkeypatch.setattr(sweep_module, 'compute', lambda cell: done.append(cell.tv_weight) or compute(cell))
    assert len(sweep(tmp_path, tv_weight=[0, 10, 20], **QUICK).table) == 3
    assert done == [10, 20]


def test_a_cell_that_fails_does_not_stop_the_others(tmp_path):
    swept = sweep(tmp_path, content_layers=['conv4_4', 'conv9_9', 'conv3_1'], **QUICK)
    assert [bool(error) for error in swept.table['error']] == [False, True, False]
    assert 'no content layer' in swept.table['error'][1]
    assert set(swept.pictures()) == {0, 2}
    assert 'failed' in ''.join(text.get_text() for axis in contact_sheet(swept).axes for text in axis.texts)


def test_network_and_targets_are_prepared_once_and_held_no_longer_than_the_sweep(tmp_path, monkeypatch):
    prepared, get_contents = [], sweep_module.get_contents
    monkeypatch.setattr(sweep_module, 'get_contents', lambda *given: prepared.append(given) or get_contents(*given))
    sweep(tmp_path, style_weight=[1, 10], tv_weight=[0, 10], **QUICK)
    assert len(prepared) == 1
    assert not sweep_module._prepared.cache_info().currsize and not sweep_module._network.cache_info().currsize


def test_noise_depends_on_the_seed_and_on_nothing_else():
    pictures = [compute(Cell(start='noise', seed=seed, **QUICK))[1] for seed in (1, 1, 2)]
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.fixture(scope='module')
def cluster():
    from distributed import LocalCluster
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


def test_a_worker_that_dies_takes_no_cell_with_it(tmp_path, cluster):
    from distributed import Client

    def kill(client):
        while len(list(tmp_path.glob('*.json'))) < 2:
            time.sleep(0.05)
        killed.append(next(iter(client.run(os.getpid).values())))
        os.kill(killed[0], getattr(signal, 'SIGKILL', signal.SIGTERM))  # at once, on Windows
        killed.append(len(list(tmp_path.glob('*.json'))))

    killed = []
    with Client(cluster) as client:
        killer = threading.Thread(target=kill, args=(client,))
        killer.start()
        swept = sweep(tmp_path, client=client, tv_weight=[float(weight) for weight in range(8)],
                      image_shape=(96, 64), epochs=30)
        killer.join()
    assert killed[1] < 8, 'it was over before'
    assert len(swept.table) == 8 and (swept.table['error'] == '').all()
    assert list(swept.table['tv_weight']) == list(range(8))


def test_an_address_of_a_scheduler_will_do(tmp_path, cluster):
    swept = sweep(tmp_path, client=cluster.scheduler_address, tv_weight=[0, 10], **QUICK)
    alone = sweep(tmp_path / 'alone', tv_weight=[0, 10], **QUICK)
    assert np.allclose(swept.table['content conv4_4'], alone.table['content conv4_4'], rtol=1e-3)


def test_mxnet_gets_the_threads_that_dask_gives_a_worker(tmp_path, cluster):
    from distributed import Client, LocalCluster
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as another:
        for threads, asked in ((1, cluster), (2, another)):
            with Client(asked) as client:
                swept = sweep(tmp_path / str(threads), client=client, tv_weight=[0, 10, 20], **QUICK)
                assert (swept.table['error'] == '').all()
                assert set(client.run(os.getenv, 'OMP_NUM_THREADS').values()) == {str(threads)}


def test_another_picture_under_the_same_name_is_another_cell(tmp_path):
    file = tmp_path / 'photo.png'
    swept = []
    for name in ('cat', 'coffee'):
        Image.fromarray(read_image(name).asnumpy()).save(file)
        swept += [sweep(tmp_path / folder, content=str(file), progress=False, **QUICK) for folder in ('one', 'two')]
    pictures = [one.pictures()[0] for one in swept]
    assert (pictures[0] == pictures[1]).all() and (pictures[2] == pictures[3]).all()
    assert not (pictures[0] == pictures[2]).all()
    assert 'digests' not in swept[0].table
    with pytest.raises(ValueError, match="no setting 'digests'"):
        sweep(tmp_path / 'one', digests=['a'])


def full(folder, cell):
    """From now on the picture of `cell` does not fit on the disk."""
    (folder / f'.{cell.key()}.png.new').symlink_to('/dev/full')


def test_what_does_not_fit_on_the_disk_stays_in_memory_and_can_be_saved_elsewhere(tmp_path, monkeypatch, capsys):
    grid = {'tv_weight': [0, 10, 20], 'content_layers': ['conv4_4', 'conv9_9'], **QUICK}
    with monkeypatch.context() as patched:
        patched.setattr('os.fsync', lambda _: (_ for _ in ()).throw(OSError(28, 'full')))
        swept = sweep(tmp_path / 'full', progress=False, **grid)
        assert 'the disk is full' in capsys.readouterr().out and not list((tmp_path / 'full').iterdir())
        assert len(swept.table) == 6 and set(swept.pictures()) == {0, 2, 4} and len(contact_sheet(swept).axes) == 6
        with pytest.raises(OSError, match='save all of it elsewhere'):
            swept.save(tmp_path / 'full')
    saved = swept.save(tmp_path / 'other')
    assert (saved.pictures()[2] == swept.pictures()[2]).all() and not saved.unsaved
    assert len(pd.read_csv(tmp_path / 'other' / 'table.csv')) == 6 and (tmp_path / 'other' / 'sheet.png').is_file()
    monkeypatch.setattr(sweep_module, 'compute', lambda cell: (_ for _ in ()).throw(AssertionError))
    assert len(sweep(tmp_path / 'other', progress=False, **{**grid, 'content_layers': 'conv4_4'}).pictures()) == 3


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='Linux has a file that is full')
def test_when_there_is_room_again_all_is_written(tmp_path, monkeypatch, capsys):
    first = expand({'tv_weight': 0, **QUICK})[0][0]
    tmp_path.joinpath('sweep').mkdir()
    full(tmp_path / 'sweep', first)  # it is gone after one try
    swept = sweep(tmp_path / 'sweep', progress=False, tv_weight=[0, 10], **QUICK)
    assert capsys.readouterr().out.count('the disk is full') == 1
    assert not swept.unsaved and len(list((tmp_path / 'sweep').iterdir())) == 6


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_computed(tmp_path, monkeypatch):
    sweep(tmp_path / 'done', progress=False, **QUICK)
    monkeypatch.setattr(sweep_module, 'compute', lambda cell: (_ for _ in ()).throw(AssertionError))
    (tmp_path / 'file').write_text('')
    for folder in (tmp_path / 'file', tmp_path / 'file' / 'below', tmp_path / ('x' * 300)):
        with pytest.raises(OSError, match=r"cannot be written .*: mend that, or give another folder"):
            sweep(folder, progress=False, **QUICK)
    monkeypatch.setattr(os, 'access', lambda *_: False)
    with pytest.raises(OSError, match='you may not write there'):
        sweep(tmp_path / 'new', progress=False, **QUICK)
    assert len(sweep(tmp_path / 'done', progress=False, **QUICK).pictures()) == 1  # it may be read


def test_a_folder_that_vanishes_costs_no_table(tmp_path, monkeypatch, capsys):
    def vanish(cell):
        shutil.rmtree(tmp_path / 'sweep')
        return compute(cell)

    monkeypatch.setattr(sweep_module, 'compute', vanish)
    swept = sweep(tmp_path / 'sweep', progress=False, tv_weight=[0, 10], **QUICK)
    assert len(swept.table) == 2 and 'call sweep again' in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match='call sweep again, which computes what is missing'):
        swept.pictures()


@pytest.mark.parametrize(('height', 'width'), [(90, 60), (64, 64), (40, 160)])
def test_a_picture_keeps_its_proportions(tmp_path, height, width):
    Image.fromarray(np.zeros((height, width, 3), 'uint8')).save(tmp_path / 'own.png')
    (cell,), _ = expand({'content': str(tmp_path / 'own.png')})
    assert cell.image_shape[0] / cell.image_shape[1] == pytest.approx(width / height, rel=0.02)
    assert expand({})[0][0].image_shape == (225, 150)
    assert expand({'content': 'nowhere.jpg'})[0][0].image_shape == (225, 150)  # its cell will say what is wrong
