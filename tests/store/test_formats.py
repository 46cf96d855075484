"""Files that are not trusted: what is no weights, or more than it seems, is refused with one sentence."""
from d2l_style import WeightsError
from d2l_style.store.copies import Facts, digest, read_copy, write_copy
from d2l_style.store.formats import open_weights, part_of_safetensors, read_arrays

import json
import pickle
import struct
import zipfile

import numpy as np
import pytest
from mxnet import nd
from safetensors.numpy import load, save, save_file

ARRAYS = {'features.0.weight': np.arange(108, dtype='float32').reshape(4, 3, 3, 3),
          'features.0.bias': np.ones(4, 'float32')}
FACTS = Facts('mine', 'vgg19', 'own file', 'shapes', 'a licence')


def write(file, arrays):
    {'.npz': lambda: np.savez(file, **arrays), '.safetensors': lambda: save_file(arrays, str(file)),
     '.params': lambda: nd.save(str(file), {name: nd.array(a, dtype=a.dtype) for name, a in arrays.items()})
     }[file.suffix]()
    return file


@pytest.mark.parametrize('kind', ['.npz', '.safetensors', '.params'])
@pytest.mark.parametrize('dtype', ['float16', 'float32'])
def test_three_kinds_of_files_are_read(tmp_path, kind, dtype):
    opened = open_weights(write(tmp_path / f'w{kind}', {name: array.astype(dtype) for name, array in ARRAYS.items()}))
    assert opened.shapes == {name: array.shape for name, array in ARRAYS.items()}
    arrays = read_arrays(opened, list(ARRAYS))
    assert all(np.array_equal(arrays[name], ARRAYS[name]) and arrays[name].dtype == 'float32' for name in ARRAYS)


def test_the_kind_is_told_by_what_is_inside_and_names_of_module_files_are_understood(tmp_path):
    file = write(tmp_path / 'w.params', {f'arg:{name}': array for name, array in ARRAYS.items()})
    file = file.rename(tmp_path / 'w.npz')
    assert set(read_arrays(open_weights(file), list(ARRAYS))) == set(ARRAYS)


def old_array(magic, shape, kind=0, data=None, storage=True):
    head = struct.pack('<I', magic) + (struct.pack('<i', 0) if storage else b'')
    head += struct.pack(f'<I{len(shape)}q', len(shape), *shape) + struct.pack('<iii', 1, 0, kind)
    return head + (data if data is not None else bytes(4 * int(np.prod(shape))))


def params(*arrays, names=('features.0.bias',)):
    out = struct.pack('<QQQ', 0x112, 0, len(arrays)) + b''.join(arrays) + struct.pack('<Q', len(names))
    return out + b''.join(struct.pack('<Q', len(name)) + name.encode() for name in names)


def oldest_array(shape, data):
    return struct.pack(f'<I{len(shape)}I', len(shape), *shape) + struct.pack('<iii', 1, 0, 0) + data


@pytest.mark.parametrize('array', [
    old_array(0xF993FAC8, (4,), data=ARRAYS['features.0.bias'].tobytes(), storage=False),
    oldest_array((4,), ARRAYS['features.0.bias'].tobytes())], ids=['version 1', 'version 0'])
def test_files_of_the_first_mxnet_are_read(tmp_path, array):
    (tmp_path / 'old').write_bytes(params(array))
    arrays = read_arrays(open_weights(tmp_path / 'old'), ['features.0.bias'])
    assert np.array_equal(arrays['features.0.bias'], np.ones(4))


class Evil:
    def __reduce__(self):
        return print, ('this code ran',)


def evil_npz():
    import io
    out = io.BytesIO()
    np.savez(out, **{'features.0.weight': np.array([Evil()], dtype=object)})
    return out.getvalue()


def huge_npz():
    import io
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {'descr': '<f4', 'fortran_order': False, 'shape': (10**12,)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        archive.writestr('features.0.weight.npy', header.getvalue())
    return out.getvalue()


def tensors(**entry):
    entry = {'dtype': 'F32', 'shape': [4], 'data_offsets': [0, 16], **entry}
    head = json.dumps({'features.0.bias': entry}).encode()
    return struct.pack('<Q', len(head)) + head + bytes(16)


@pytest.mark.parametrize('content', [
    pickle.dumps(Evil()), evil_npz(), huge_npz(), b'', b'text, and no weights', b'PK\x03\x04 and no zip',
    params(old_array(0xF993FAC9, (10**9, 10**9), data=b'')), params(old_array(0xF993FAC9, (2**62, 4), data=b'')),
    params(old_array(0xF993FAC9, (-4,), data=b'')), params(old_array(0xF993FAC9, (4,) * 9)),
    params(old_array(0xF993FAC9, (4,), kind=77)), params(old_array(0x12345678, (4,))),
    params(old_array(0xF993FAC9, (4,)))[:-3], params(old_array(0xF993FAC9, (4,)), names=()),
    struct.pack('<QQQ', 0x112, 0, 2**60), params(old_array(0xF993FAC9, (4,)), names=('x' * 5000,)),
    tensors(data_offsets=[0, 10**15]), tensors(shape=[10**15]), tensors(dtype='I8'), tensors()[:-1],
    struct.pack('<Q', 2**60) + b'{}', tensors() + bytes(1000)],
    ids=['pickle', 'objects', 'huge npz', 'empty', 'text', 'half zip', 'huge', 'overflow', 'negative', 'nine axes',
         'unknown type', 'unknown array', 'cut', 'no names', 'many arrays', 'long name', 'huge offsets', 'huge shape',
         'integers', 'cut safetensors', 'huge header', 'more behind'])
def test_what_is_no_weights_is_refused(tmp_path, capsys, content):
    file = tmp_path / 'vgg19-f7134366.params'
    file.write_bytes(content)
    with pytest.raises(WeightsError) as error:
        open_weights(file)
    assert str(file) in str(error.value) and '\n' not in str(error.value)
    assert capsys.readouterr().out == ''


def test_a_damaged_file_gives_our_error_or_right_shapes(tmp_path):
    """Bytes changed at random, 200 times a kind."""
    rng = np.random.RandomState(0)
    for kind in ('.npz', '.safetensors', '.params'):
        content = write(tmp_path / f'w{kind}', ARRAYS).read_bytes()
        for _ in range(200):
            changed = bytearray(content)
            for place in rng.randint(0, len(content), 3):
                changed[place] = rng.randint(256)
            (tmp_path / f'w{kind}').write_bytes(changed)
            try:
                opened = open_weights(tmp_path / f'w{kind}')
                arrays = read_arrays(opened, list(opened.shapes))
            except WeightsError:
                continue
            assert all(arrays[name].shape == shape for name, shape in opened.shapes.items())


def test_values_that_are_not_finite_are_refused(tmp_path):
    file = write(tmp_path / 'w.npz', {'features.0.bias': np.array([1, np.nan, 1, 1], 'float32')})
    with pytest.raises(WeightsError, match='not finite'):
        read_arrays(open_weights(file), ['features.0.bias'])


def test_a_copy_says_where_it_came_from_and_notices_every_change(tmp_path):
    file = tmp_path / 'mine.safetensors'
    write_copy(file, ARRAYS, FACTS)
    arrays, facts = read_copy(file)
    assert facts == FACTS and all(np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS)
    content = file.read_bytes()
    for old, new in ((content[-4:], b'\0\0\0\1'), (b'a licence', b'no licence'[:9]), (b'own file', b'the zoo.')):
        file.write_bytes(content.replace(old, new))
        with pytest.raises(WeightsError, match='was changed or damaged'):
            read_copy(file)
    assert list(tmp_path.iterdir()) == [file]


def test_half_a_copy_is_half_as_large_and_as_near_as_float16(tmp_path):
    arrays = {'features.0.weight': np.random.RandomState(0).normal(size=(64, 64, 3, 3)).astype('float32')}
    for name, half in (('whole', False), ('half', True)):
        write_copy(tmp_path / name, arrays, FACTS, half=half)
    sizes = [(tmp_path / name).stat().st_size for name in ('half', 'whole')]
    assert sizes[0] < 0.51 * sizes[1]
    assert np.allclose(read_copy(tmp_path / 'half')[0]['features.0.weight'], arrays['features.0.weight'], rtol=1e-3)
    with pytest.raises(WeightsError, match='too large for float16'):
        write_copy(tmp_path / 'large', {'features.0.weight': np.array([1e6])}, FACTS, half=True)
    assert not (tmp_path / 'large').exists()


def test_the_hash_depends_on_names_shapes_and_facts():
    hashes = {digest(ARRAYS, FACTS), digest({}, FACTS), digest(ARRAYS, Facts('a', 'b', 'c', 'd', 'e')),
              digest({'x': ARRAYS['features.0.bias']}, FACTS), digest({'x': np.ones((2, 2), 'float32')}, FACTS)}
    assert len(hashes) == 5


def test_part_of_a_safetensors_file_is_a_safetensors_file():
    content = save({**ARRAYS, 'between': np.zeros(9, 'float32'), 'features.1.bias': np.ones(3, 'float32')})
    (size,) = struct.unpack('<Q', content[:8])
    shapes = {'features.1.bias': (3,), 'features.0.weight': (4, 3, 3, 3)}
    head, ranges = part_of_safetensors(content[8:8 + size], shapes)
    part = load(head + b''.join(content[8 + size + first:8 + size + last] for first, last in ranges))
    assert set(part) == set(shapes) and np.array_equal(part['features.0.weight'], ARRAYS['features.0.weight'])


def entry(**changed):
    return {'dtype': 'F32', 'shape': [4], 'data_offsets': [0, 16], **changed}


@pytest.mark.parametrize('tensor', [
    {}, 7, None, entry(data_offsets='x'), entry(data_offsets=[0, 10**15]), entry(data_offsets=[-16, 0]),
    entry(data_offsets=[0, 16, 32]), entry(data_offsets=['a', 'b']), entry(shape=[9], data_offsets=[0, 36]),
    entry(dtype='F64')])
def test_a_header_that_asks_for_too_much_or_something_else_is_refused(tensor):
    for header in (json.dumps({'features.0.bias': tensor}).encode(), b'no json', b'{}', b'[]', b'[' * 100_000):
        with pytest.raises(WeightsError, match='not what was expected'):
            part_of_safetensors(header, {'features.0.bias': (4,)})
