"""Files that people have: broken metadata, other formats, other colours, and what is no picture at all."""
from d2l_style import read_image

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

PIXELS = np.uint8(np.linspace(0, 255, 24 * 32 * 3).reshape(24, 32, 3))


def saved(kind, picture=None, **options):
    buffer = io.BytesIO()
    (picture or Image.fromarray(PIXELS)).save(buffer, format=kind, **options)
    return buffer.getvalue()


def chunk(kind, data, crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', crc)


def png_with(*chunks):
    """A PNG with chunks right behind its header."""
    content = saved('png')
    return content[:33] + b''.join(chunks) + content[33:]


def jpeg_with(marker, data):
    content = saved('jpeg', quality=95)
    return content[:2] + bytes([0xFF, marker]) + struct.pack('>H', len(data) + 2) + data + content[2:]


def tiff(*tags):
    """EXIF of `tags`: (number, type, count, four bytes)."""
    return b'II*\0\x08\0\0\0' + struct.pack('<H', len(tags)) + b''.join(
        struct.pack('<HHI', *tag[:3]) + tag[3] for tag in tags) + b'\0\0\0\0'


GARBAGE = bytes(range(256))
BROKEN_PNG = {
    'eXIf garbage': [chunk(b'eXIf', GARBAGE)],
    'eXIf cut short': [chunk(b'eXIf', tiff((274, 3, 1, b'\x06\0\0\0'))[:12])],
    'eXIf that points outside': [chunk(b'eXIf', tiff((270, 2, 4000, b'\xff\xff\xff\x7f')))],
    'eXIf with quotes': [chunk(b'eXIf', tiff((274, 2, 4, b'"\'"\0')))],
    'raw EXIF text': [chunk(b'zTXt', b'Raw profile type exif\0\0' + zlib.compress(b'\nexif\n  "12"\nzz\'zz'))],
    'text checksum': [chunk(b'tEXt', b'Comment\0"hello"', crc=1)],
    'text that is not compressed': [chunk(b'zTXt', b'Comment\0\0' + GARBAGE)],
    'text of another alphabet': [chunk(b'iTXt', b'Comment\0\1\0\xff\xfe\0\xff\0' + GARBAGE)],
    'text too large': [chunk(b'zTXt', b'Comment\0\0' + zlib.compress(bytes(5_000_000)))],
    'XMP': [chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta tiff:Orientation="nine"><')],
    'colour profile': [chunk(b'iCCP', b'profile\0\0' + zlib.compress(GARBAGE))],
    'colour profile not compressed': [chunk(b'iCCP', b'profile\0\0' + GARBAGE)],
    'resolution': [chunk(b'pHYs', b'\0')],
    'gamma': [chunk(b'gAMA', b'')],
    'animation': [chunk(b'acTL', b'\0\0')],
}
BROKEN_JPEG = {
    'EXIF garbage': (0xE1, b'Exif\0\0' + GARBAGE),
    'EXIF with quotes': (0xE1, b'Exif\0\0' + tiff((274, 2, 4, b'"\'"\0'), (270, 2, 4000, b'\xff\xff\xff\x7f'))),
    'EXIF of another kind': (0xE1, b'Exif\0\0' + tiff((274, 12, 1, b'\0\0\0\0'))),
    'XMP': (0xE1, b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta <<"' + GARBAGE),
    'colour profile': (0xE2, b'ICC_PROFILE\0\1\1' + GARBAGE),
    'colour profile of many parts': (0xE2, b'ICC_PROFILE\0\1\7' + GARBAGE),
    'several pictures': (0xE2, b'MPF\0' + GARBAGE),
    'Photoshop': (0xED, b'Photoshop 3.0\x008BIM\x04\x04' + GARBAGE),
    'comment': (0xFE, b'"' * 40),
}


@pytest.mark.parametrize('chunks', BROKEN_PNG.values(), ids=BROKEN_PNG)
def test_broken_metadata_of_a_png_is_left_out(chunks):
    assert np.array_equal(read_image(png_with(*chunks)).asnumpy(), PIXELS)


@pytest.mark.parametrize('segment', BROKEN_JPEG.values(), ids=BROKEN_JPEG)
def test_broken_metadata_of_a_jpeg_is_left_out(segment, recwarn):
    expected = np.asarray(Image.open(io.BytesIO(saved('jpeg', quality=95))))
    assert np.array_equal(read_image(jpeg_with(*segment)).asnumpy(), expected)
    assert not recwarn.list


@pytest.mark.parametrize('turn', range(1, 9))
def test_the_camera_s_rotation_is_applied_whatever_else_is_broken(turn):
    upright = Image.fromarray(PIXELS)
    exif = tiff((274, 3, 1, struct.pack('<HH', turn, 0)), (37510, 7, 4000, b'\xff\xff\xff\x7f'))
    found = read_image(png_with(chunk(b'eXIf', exif)))
    assert found.shape[:2] == (PIXELS.shape[:2] if turn < 5 else PIXELS.shape[1::-1])
    turned = Image.open(io.BytesIO(saved('png', upright, exif=Image.Exif())))
    turned.getexif()[274] = turn
    assert np.array_equal(found.asnumpy(), np.asarray(ImageOps.exif_transpose(turned)))


def test_pixels_that_are_broken_are_still_said_to_be():
    content = bytearray(saved('png'))
    content[60] ^= 0xFF
    with pytest.raises(ValueError, match='damaged or cut short'):
        read_image(bytes(content))
    for kind in ('png', 'jpeg'):
        with pytest.raises(ValueError, match='damaged or cut short|is not a picture'):
            read_image(saved(kind)[:len(saved(kind)) // 2])


@pytest.mark.parametrize('kind', ['heif', 'avif', 'webp', 'bmp', 'tiff', 'gif', 'ppm'])
def test_formats_that_people_have_are_read_whatever_the_file_is_called(kind, tmp_path):
    pillow_heif = pytest.importorskip('pillow_heif')
    pillow_heif.register_heif_opener()
    Image.init()
    if kind.upper() not in Image.SAVE:
        pytest.skip(f'this Pillow cannot write {kind}')
    picture = Image.fromarray(PIXELS).resize((64, 48))
    file = tmp_path / 'IMG_0001.jpg'
    file.write_bytes(saved(kind, picture))
    assert read_image(file).shape == (48, 64, 3)
    tolerance = {'gif': 30}.get(kind, 8)
    assert np.abs(read_image(file).asnumpy().astype(int) - np.asarray(picture)).mean() < tolerance


@pytest.mark.parametrize('kind', ['heif', 'avif'])
@pytest.mark.parametrize('left', [20, 100, -10])
def test_a_damaged_photograph_is_no_film(kind, left):
    pytest.importorskip('pillow_heif').register_heif_opener()
    Image.init()
    if kind.upper() not in Image.SAVE:
        pytest.skip(f'this Pillow cannot write {kind}')
    with pytest.raises(ValueError, match='is damaged or cut short'):
        read_image(saved(kind)[:left])


def test_a_heic_photograph_without_its_reader_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'pillow_heif', None)
    with pytest.raises(ValueError, match='HEIC.*Most Compatible'):
        read_image(b'\0\0\0\x18ftypheic\0\0\0\0mif1heic' + bytes(100))


@pytest.mark.parametrize(('content', 'sentence'), [
    (b'', 'is empty'), (b'  \n', 'is empty'),
    (b'\n<!DOCTYPE html>\n<html><head>', 'is a web page'), (b'<!-- hello --><HTML>', 'is a web page'),
    (b'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n', 'git lfs pull'),
    (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG'), (b'<svg/>', 'SVG'),
    (b'%PDF-1.7\n%\xe2\xe3', 'PDF'), (b'%!PS-Adobe-3.0 EPSF-3.0', 'PostScript'),
    (b'PK\x03\x04\x14\0', 'ZIP archive or an Office document'), (b'\0\0\0\x20ftypisom', 'is a film'),
    (b'\0\0\0\x14ftypqt  ', 'is a film'), (b'\x1a\x45\xdf\xa3', 'is a film'), (b'\xff\x0a\x41', 'JPEG XL'),
    (b'{"cells": []}', 'is a text'), (b'\x01\x02\x03\x04', 'is not a picture')])
def test_what_is_no_picture_is_called_what_it_is(content, sentence, tmp_path):
    file = tmp_path / 'holiday.jpg'
    file.write_bytes(content)
    with pytest.raises(ValueError, match=sentence) as found:
        read_image(file)
    assert 'holiday.jpg' in str(found.value)
    assert ': ' in str(found.value)  # what to do


def test_what_is_no_file_is_said_so(tmp_path):
    with pytest.raises(ValueError, match='is a folder'):
        read_image(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / 'nothing.jpg')


def adobe_rgb():
    """A profile that is not sRGB: gamma 2.2 and the primaries of Adobe RGB (1998), as a file would have it."""
    def fixed(value):
        return struct.pack('>i', round(value * 65536))
    xyz = {b'wtpt': (0.9505, 1, 1.0891), b'rXYZ': (0.60974, 0.31111, 0.01947),
           b'gXYZ': (0.20528, 0.62567, 0.06087), b'bXYZ': (0.14919, 0.06322, 0.74457)}
    tags = {name: b'XYZ \0\0\0\0' + b''.join(map(fixed, value)) for name, value in xyz.items()}
    tags |= {name: b'curv\0\0\0\0\0\0\0\1' + struct.pack('>H', round(2.2 * 256)) + b'\0\0'
             for name in (b'rTRC', b'gTRC', b'bTRC')}
    tags[b'desc'] = b'desc\0\0\0\0\0\0\0\x06Adobe\0' + bytes(80)
    tags[b'cprt'] = b'text\0\0\0\0none\0\0\0\0'
    table, data = struct.pack('>I', len(tags)), b''
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack('>II', start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    head = struct.pack('>I4sI4s4s4s', start + len(data), b'lcms', 0x02100000, b'mntr', b'RGB ', b'XYZ ')
    head += bytes(12) + b'acsp' + bytes(28) + b''.join(map(fixed, (0.9642, 1, 0.8249)))
    return head.ljust(128, b'\0') + table + data


def test_colours_of_another_profile_become_those_of_srgb():
    profile = adobe_rgb()
    ImageCms.getOpenProfile(io.BytesIO(profile))  # it is one
    green = Image.new('RGB', (32, 24), (100, 200, 100))
    for kind in ('png', 'jpeg', 'tiff', 'webp'):
        options = {'lossless': True} if kind == 'webp' else {}
        found = read_image(saved(kind, green, icc_profile=profile, **options)).asnumpy()[12, 16].astype(int)
        assert 195 < found[1] < 210
        assert found[0] < 80  # the same green needs less red in sRGB, whose green is nearer to grey
    grey = read_image(saved('png', Image.new('RGB', (32, 24), (128, 128, 128)), icc_profile=profile)).asnumpy()
    assert np.abs(grey.astype(int) - 128).max() <= 2
    transparent = Image.new('RGBA', (32, 24), (0, 200, 0, 0))
    assert read_image(saved('png', transparent, icc_profile=profile)).asnumpy().min() >= 254


def test_a_profile_that_is_srgb_changes_nothing():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    assert np.array_equal(read_image(saved('png', icc_profile=profile)).asnumpy(), PIXELS)
