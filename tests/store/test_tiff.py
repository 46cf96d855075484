"""Numbers of more than eight bits, the many kinds of TIFF, and raw files, which look like one."""
from d2l_style import read_image

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from .conftest import failure

GREY = np.linspace(0, 1, 48 * 64).reshape(48, 64)
COLOUR = np.dstack([GREY, GREY[::-1], GREY[:, ::-1]])
MAKE = (271, 's', 6, 'NIKON', True)
SMALL = np.full((40, 40, 3), 99, 'uint8')  # a thumbnail
LARGE = np.uint8(COLOUR * 255).repeat(4, 0).repeat(4, 1)


def tiff(values, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, **options)
    return buffer.getvalue()


def by_pillow(values, kind='tiff', **options):
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, kind, **options)
    return buffer.getvalue()


def png(values):
    """A PNG of 16 bits a channel: (h, w) or (h, w, 3 or 4); it says that 12 of them count."""
    channels = values.shape[2] if values.ndim == 3 else 1
    rows = b''.join(b'\0' + row.astype('>u2').tobytes() for row in values)
    head = struct.pack('>IIBBBBB', values.shape[1], values.shape[0], 16, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    parts = {b'IHDR': head, b'sBIT': bytes([12] * channels), b'IDAT': zlib.compress(rows), b'IEND': b''}
    return b'\x89PNG\r\n\x1a\n' + b''.join(struct.pack('>I', len(data)) + kind + data + struct.pack(
        '>I', zlib.crc32(kind + data)) for kind, data in parts.items())


def error(found, expected):
    """The largest difference, in grey levels, from a picture of values 0..1."""
    expected = np.stack([expected] * 3, axis=2) if expected.ndim == 2 else expected
    return np.abs(read_image(found).asnumpy() - 255 * expected).max()


@pytest.mark.parametrize('bits', [8, 10, 12, 14, 16])
def test_grey_is_stretched_by_the_bits_that_it_uses(bits):
    values = np.round(GREY * (2 ** bits - 1)).astype('uint16')
    for content in (tiff(values), tiff(values, byteorder='>'), tiff(values.astype('uint32')),
                    tiff(values.astype('int32')), tiff(values, compression='zlib', predictor=True),
                    by_pillow(values, compression='tiff_lzw'),
                    by_pillow(values, 'png'), png(values), values, values.astype('int32'), values.astype('int64'),
                    Image.fromarray(values), Image.fromarray(values.astype('int32'))):
        assert error(content, GREY) <= 1


@pytest.mark.parametrize('bits', [10, 12, 14, 16])
def test_colour_is_stretched_by_the_bits_that_it_uses(bits):
    values = np.round(COLOUR * (2 ** bits - 1)).astype('uint16')
    opaque = np.dstack([values, np.full_like(values[..., 0], 2 ** bits - 1)])
    for content in (tiff(values, photometric='rgb'), png(values), png(opaque), values, opaque,
                    tiff(opaque, photometric='rgb', extrasamples=['unassalpha'])):
        assert error(content, COLOUR) <= 1


def test_a_range_that_the_file_states_is_taken():
    dark = (GREY * 0.02)
    pgm = b'P5 64 48 1023\n' + np.round(GREY * 1023).astype('>u2').tobytes()
    assert error(pgm, GREY) <= 1
    assert error(b'P5 64 48 65535\n' + np.round(dark * 65535).astype('>u2').tobytes(), dark) <= 1
    assert error(tiff(np.round(dark * 3000).astype('uint16'), extratags=[(341, 'H', 1, 3000, True)]), dark) <= 1


@pytest.mark.parametrize('top', [1, 255, 4095, 65535])
@pytest.mark.parametrize('kind', ['float16', 'float32', 'float64'])
def test_floats_are_read_up_to_1_or_by_the_bits_that_hold_them(kind, top):
    if top <= float(np.finfo(kind).max):
        assert error(tiff((GREY * top).astype(kind)), GREY) <= 1
        assert error(tiff((COLOUR * top).astype(kind), photometric='rgb'), COLOUR) <= 1


@pytest.mark.parametrize(('values', 'sentence'), [
    (np.float32(GREY * 3.5), 'floats up to 3.5'), (np.float32(GREY - 0.2), 'below 0'),
    (np.int16(GREY * 900 - 300), 'below 0'), (np.float32(GREY) + np.float32(np.inf), 'no finite numbers'),
    (np.float32(GREY) + np.float32(np.nan), 'finite')])
def test_numbers_that_say_no_range_are_one_sentence(values, sentence):
    with pytest.raises(ValueError, match=f'the uploaded file has .*{sentence}'):
        read_image(tiff(values))


@pytest.mark.parametrize('order', '<>')
@pytest.mark.parametrize('kind', ['uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32', 'float32'])
def test_a_tiff_is_read_however_its_numbers_lie(kind, order):
    top = 1 if kind == 'float32' else np.iinfo(kind).max
    grey, colour = (GREY * top).astype(kind), (COLOUR * top).astype(kind)
    planes = np.ascontiguousarray(colour.transpose(2, 0, 1))
    for layout in ({}, {'tile': (32, 32)}, {'compression': 'zlib'}, {'rowsperstrip': 7}):
        options = {**layout, 'byteorder': order}
        assert error(tiff(grey, **options), GREY) < 3
        assert error(tiff(grey, photometric='miniswhite', **options), 1 - GREY) < 3
        assert error(tiff(colour, photometric='rgb', **options), COLOUR) < 3
        assert error(tiff(planes, photometric='rgb', planarconfig='separate', **options), COLOUR) < 3


def test_palettes_are_read_whatever_the_bits_of_their_colours():
    for bits, kind in ((8, 'uint8'), (16, 'uint16')):
        colours = np.stack([np.linspace(65535, 0, 2 ** bits)] * 3).astype('uint16')
        index = (GREY * (2 ** bits - 1)).astype(kind)
        for each in (colours, colours // 256):
            assert error(tiff(index, photometric='palette', colormap=each), 1 - GREY) <= 2


def test_deep_pictures_keep_their_transparency_their_colours_and_their_turn():
    values = np.round(COLOUR * 65535).astype('uint16')
    clear = np.dstack([values, np.zeros_like(values[..., 0])])
    assert read_image(tiff(clear, photometric='rgb', extrasamples=['unassalpha'])).asnumpy().min() == 255
    assert read_image(png(clear)).asnumpy().min() == 255
    turned = tiff(values, photometric='rgb', extratags=[(274, 'H', 1, 6, True)])
    assert error(turned, np.rot90(COLOUR, -1)) <= 1
    ink = np.dstack([65535 - values, np.zeros_like(values[..., 0])])
    planes = np.ascontiguousarray(ink.transpose(2, 0, 1))
    assert np.array_equal(read_image(tiff(ink, photometric='separated')).asnumpy(),
                          read_image(tiff(planes, photometric='separated', planarconfig='separate')).asnumpy())


def test_a_kind_of_tiff_that_nobody_reads_rightly_is_one_sentence():
    values = (COLOUR * 65535).astype('uint16')
    planes = tiff(np.ascontiguousarray(values.transpose(2, 0, 1)), photometric='rgb', planarconfig='separate')
    uncompressed, lzw = struct.pack('<HHIHH', 259, 3, 1, 1, 0), struct.pack('<HHIHH', 259, 3, 1, 5, 0)
    assert planes.count(uncompressed) == 1
    for content in (tiff(values, photometric='cielab'), planes.replace(uncompressed, lzw)):
        with pytest.raises(ValueError, match='TIFF of a kind that cannot be read here.*save it as PNG'):
            read_image(content)


@pytest.mark.parametrize('length', [8, 20, 200, 400, 3000, 9000])
def test_a_deep_tiff_cut_anywhere_is_one_sentence(length):
    for content in (tiff((COLOUR * 65535).astype('uint16'), photometric='rgb'),
                    by_pillow((GREY * 65535).astype('uint16'), compression='tiff_lzw')):
        if length < len(content):
            with pytest.raises(ValueError, match='cut short|cannot be read here') as found:
                read_image(content[:length])
            assert len(str(found.value)) < 400


def test_a_deep_tiff_damaged_anywhere_is_read_or_is_one_sentence():
    rng, values = np.random.RandomState(0), (COLOUR * 65535).astype('uint16')
    whole = [tiff(values, photometric='rgb'), tiff(values[..., 0], compression='zlib', predictor=True),
             tiff(values[..., 0], photometric='palette', colormap=np.zeros((3, 65536), 'uint16')),
             tiff(values.transpose(2, 0, 1).copy(), photometric='rgb', planarconfig='separate', tile=(16, 16))]
    for number in range(400):
        content = bytearray(whole[number % 4])
        for place in rng.randint(4, 300, rng.randint(1, 5)):
            content[place] = rng.randint(256)
        found = failure(ValueError, read_image, bytes(content))
        assert found is None or (type(found) is ValueError and len(str(found)) < 400)


def test_a_tiff_that_swells_is_not_unpacked():
    content = bytearray(tiff(np.zeros((48, 64, 3), 'int16'), photometric='rgb', compression='zlib'))
    start, bomb = len(content), zlib.compress(bytes(50_000_000))
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        tags = file.pages[0].tags
        for code, value in ((273, start), (279, len(bomb))):
            content[tags[code].offset + 8:tags[code].offset + 12] = struct.pack('<I', value)
            content[tags[code].offset + 2:tags[code].offset + 4] = struct.pack('<H', 4)
    with pytest.raises(ValueError, match='cannot be read here'):
        read_image(bytes(content) + bomb)


def pages(*parts):
    """A TIFF with a page for each (values, options of tifffile)."""
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        for values, options in parts:
            file.write(values, **options)
    return buffer.getvalue()


THUMBNAIL = SMALL, {'subfiletype': 1, 'photometric': 'rgb', 'extratags': [MAKE], 'subifds': 1, 'metadata': None}
SENSOR = (COLOUR[..., 0] * 4095).astype('uint16')
RAW_FILES = {
    'DNG': [(SMALL, {**THUMBNAIL[1], 'extratags': [(50706, 'B', 4, (1, 4, 0, 0), True)]}),
            (SENSOR, {'photometric': 32803, 'metadata': None})],
    'DNG, one page': [(LARGE, {'photometric': 'rgb', 'extratags': [(50706, 'B', 4, (1, 4, 0, 0), True)]})],
    'NEF': [THUMBNAIL, (SENSOR, {'photometric': 32803, 'metadata': None})],
    'thumbnail and a picture inside': [THUMBNAIL, (LARGE, {'photometric': 'rgb', 'metadata': None})],
    'sensor in a page of its own': [(SMALL, {'photometric': 'rgb', 'metadata': None}),
                                    (SENSOR, {'photometric': 32803, 'metadata': None})],
    'sensor only': [(SENSOR, {'photometric': 32803})]}


@pytest.mark.parametrize('parts', RAW_FILES.values(), ids=RAW_FILES)
def test_a_raw_file_is_known_by_what_is_in_it(parts, tmp_path):
    (tmp_path / 'holiday.jpg').write_bytes(pages(*parts))
    with pytest.raises(ValueError, match="holiday.jpg' is a camera's raw file: save or export it as JPEG or PNG"):
        read_image(tmp_path / 'holiday.jpg')


@pytest.mark.parametrize('beginning', [b'II*\0\x10\0\0\0CR\2\0', b'IIRO\x08\0\0\0', b'IIU\0\x18\0\0\0',
                                       b'MMOR\0\0\0\x08', b'FOVb', b'\0MRM', b'II\x1a\0\0\0HEAPCCDR',
                                       b'FUJIFILMCCD-RAW 0201'])
def test_a_raw_file_is_known_by_its_beginning(beginning):
    with pytest.raises(ValueError, match="is a camera's raw file"):
        read_image(beginning + bytes(500))


@pytest.mark.parametrize('suffix', ['.nef', '.ARW', '.cr2', '.pef', '.srw'])
def test_a_raw_file_is_known_by_its_maker_and_its_name(tmp_path, suffix):
    file = tmp_path / f'DSC_0001{suffix}'
    file.write_bytes(tiff(LARGE, photometric='rgb', extratags=[MAKE]))
    with pytest.raises(ValueError, match="is a camera's raw file"):
        read_image(file)


def test_an_ordinary_tiff_of_a_camera_is_read(tmp_path):
    options = {'photometric': 'rgb', 'extratags': [MAKE], 'metadata': None}
    for content in (pages((LARGE, options), (LARGE[::-1], options)), tiff(LARGE, tile=(64, 64), **options),
                    pages((LARGE, options), (SMALL, {**options, 'subfiletype': 1}))):
        (tmp_path / 'DSC_0001.tif').write_bytes(content)
        assert np.array_equal(read_image(tmp_path / 'DSC_0001.tif').asnumpy(), LARGE)


def test_a_thumbnail_is_never_taken_for_the_picture():
    first = SMALL, {'subfiletype': 1, 'photometric': 'rgb', 'metadata': None}
    assert np.array_equal(read_image(pages(first, (LARGE, {'photometric': 'rgb', 'metadata': None}))).asnumpy(), LARGE)
    deep = LARGE.astype('uint16') * 257
    assert np.array_equal(read_image(pages(first, (deep, {'photometric': 'rgb', 'metadata': None}))).asnumpy(), LARGE)
