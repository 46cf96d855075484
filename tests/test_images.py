from d2l_style import CATALOGUE, fit_shape, postprocess, preprocess, read_image
from d2l_style.images import resize

import io

import numpy as np
import pytest
from mxnet import image, nd
from PIL import Image
from scipy import ndimage

RAMP = np.dstack([np.tile(np.linspace(0, 255, 40), (30, 1))] * 3).astype('uint8')
RAMP[:10] = (200, 30, 60)
GRAIN = np.random.RandomState(0).randint(0, 255, (200, 200, 3)).astype('uint8')  # compresses badly


def file_of(picture, kind='png', **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def test_every_catalogue_picture_can_be_read():
    for name in CATALOGUE:
        picture = read_image(name)
        assert picture.dtype == np.uint8
        assert picture.shape[2] == 3


def test_the_default_pictures_have_different_sizes():
    assert read_image('mountain_lake').shape == (800, 1200, 3)
    assert read_image('painted_hills').shape == (800, 1100, 3)


@pytest.mark.parametrize('wrap', [
    lambda a: a, nd.array, Image.fromarray, lambda a: file_of(Image.fromarray(a)), lambda a: a / 255,
    lambda a: a.astype('uint16') * 257, lambda a: a.astype('float32') / 255])
def test_arrays_bytes_and_pil_images_give_the_same_picture(wrap):
    source = wrap(RAMP)
    if isinstance(source, nd.NDArray):
        source = source.astype('uint8')
    assert (read_image(source).asnumpy() == RAMP).all()


def test_a_path_can_be_text_or_path(tmp_path):
    Image.fromarray(RAMP).save(tmp_path / 'a picture.png')
    for source in (tmp_path / 'a picture.png', str(tmp_path / 'a picture.png')):
        assert (read_image(source).asnumpy() == RAMP).all()


def test_exif_rotation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees
    turned = read_image(file_of(Image.fromarray(RAMP), exif=exif)).asnumpy()
    assert (turned == np.rot90(RAMP, -1)).all()


def test_grey_pictures_get_three_equal_channels():
    grey = RAMP[..., 0]
    for source in (grey, grey[..., None], file_of(Image.fromarray(grey)), grey > 100):
        picture = read_image(source).asnumpy()
        assert picture.shape == (30, 40, 3)
        assert (picture[..., 0] == picture[..., 1]).all()


def test_transparency_becomes_white():
    alpha = np.dstack([RAMP, np.zeros((30, 40), 'uint8')])
    alpha[15:, :, 3] = 255
    picture = read_image(file_of(Image.fromarray(alpha))).asnumpy()
    assert (picture[:15] == 255).all()
    assert (picture[15:] == RAMP[15:]).all()


def test_a_transparent_palette_becomes_white():
    palette = Image.fromarray(RAMP).quantize(8)
    picture = read_image(file_of(palette, transparency=palette.getpixel((0, 0)))).asnumpy()
    assert (picture[0, 0] == 255).all()


def test_16_bit_grey_keeps_its_range():
    deep = np.linspace(0, 65535, 1200).reshape(30, 40).astype('uint16')
    picture = read_image(file_of(Image.fromarray(deep))).asnumpy()[..., 0]
    assert abs(picture / 255 - deep / 65535).max() < 1 / 255


def test_float_tiff_is_read():
    grey = np.linspace(0, 1, 1200, dtype='float32').reshape(30, 40)
    picture = read_image(file_of(Image.fromarray(grey), 'tiff')).asnumpy()[..., 0]
    assert abs(picture / 255 - grey).max() < 1 / 255


def test_cmyk_jpeg_is_read_as_rgb():
    cmyk = Image.fromarray(RAMP).convert('CMYK')
    picture = read_image(file_of(cmyk, 'jpeg', quality=95)).asnumpy().astype(int)
    assert abs(picture - RAMP).mean() < 4


@pytest.mark.parametrize('size', [(1, 1), (15, 400), (20000, 20000)])
def test_too_small_and_too_large_pictures_are_refused(size):
    with pytest.raises(ValueError, match='at least 16|megapixels'):
        read_image(file_of(Image.new('1', size)))


def test_a_missing_picture_names_the_catalogue():
    with pytest.raises(FileNotFoundError, match="no picture 'nowhere.jpg'.*mountain_lake"):
        read_image('nowhere.jpg')


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match='is a folder'):
        read_image(tmp_path)


def test_a_truncated_jpeg_is_refused(tmp_path):
    file = tmp_path / 'half.jpg'
    whole = file_of(Image.fromarray(GRAIN), 'jpeg')
    file.write_bytes(whole[:len(whole) // 2])
    with pytest.raises(ValueError, match='half.jpg.*damaged or cut short'):
        read_image(file)


@pytest.mark.parametrize('kind', ['jpeg', 'png', 'bmp', 'webp', 'tiff', 'gif', 'ppm'])
@pytest.mark.parametrize('length', [3, 20, 30, 100, 300])
def test_a_file_cut_anywhere_gives_one_clear_sentence(kind, length):
    with pytest.raises(ValueError, match='the uploaded file is (not a picture, or is cut short|damaged or cut short)'):
        read_image(file_of(Image.fromarray(GRAIN), kind)[:length])


def test_what_is_no_picture_is_refused():
    with pytest.raises(ValueError, match='not a picture'):
        read_image(b'once upon a time')
    with pytest.raises(TypeError, match='cannot read a picture from int'):
        read_image(7)


@pytest.mark.parametrize(('array', 'reason'), [
    (np.zeros((30, 40, 5), 'uint8'), 'shape'), (np.zeros(40, 'uint8'), 'shape'),
    (np.full((30, 40, 3), 2.0), 'from 0 to 1'), (np.full((30, 40, 3), np.nan), 'from 0 to 1'),
    (np.full((30, 40, 3), -1), 'below 0'), (np.zeros((30, 40, 3), 'complex64'), 'complex64'),
    (np.zeros((4, 4, 3), 'uint8'), 'at least 16')])
def test_arrays_that_are_no_pictures_are_refused(array, reason):
    with pytest.raises(ValueError, match=reason):
        read_image(array)


def test_preprocess_normalises_each_channel():
    img = nd.array(np.full((20, 30, 3), (255, 0, 128)), dtype='uint8')
    X = preprocess(img, (24, 16))
    assert X.shape == (1, 3, 16, 24)
    expected = (np.array([1, 0, 128 / 255]) - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    assert np.allclose(X.asnumpy()[0, :, 3, 5], expected, atol=1e-5)


def test_postprocess_undoes_preprocess_within_one_grey_level():
    back = postprocess(preprocess(read_image(RAMP), (40, 30))).asnumpy()
    assert abs(back - RAMP / 255.0).max() <= 1 / 255


def test_postprocess_clips():
    X = nd.array([-9, 0, 9]).reshape((1, 3, 1, 1))
    assert postprocess(X).asnumpy().ravel() == pytest.approx([0, 0.456, 1])


def test_preprocess_takes_the_floats_of_a_first_result():
    X = preprocess(postprocess(preprocess(read_image(RAMP), (40, 30))) * 255, (80, 60))
    assert X.shape == (1, 3, 60, 80)
    assert abs(postprocess(X).asnumpy()[::2, ::2] - RAMP / 255.0).mean() < 0.02


@pytest.mark.parametrize('axis', [0, 1])
def test_an_enlarged_picture_does_not_show_the_old_pixels(axis):
    rng = np.random.RandomState(0)  # strokes of a few pixels, as in a result of the first training
    strokes = ndimage.gaussian_filter(rng.normal(0, 1, (150, 225, 3)), (1, 1, 0))
    first = nd.array(128 + 40 * strokes / strokes.std())
    large = resize(first, (450, 300)).asnumpy()
    steps = abs(np.diff(large, axis=axis)).swapaxes(0, axis)
    within, between = steps[0::2].mean(), steps[1::2].mean()
    assert abs(within / between - 1) < 0.1
    assert abs(large.mean() - 128) < 1


@pytest.mark.parametrize('shape', [(40, 30), (20, 15), (31, 15), (20, 60), (80, 15)])
def test_a_picture_that_keeps_half_of_each_side_shrinks_as_the_chapters_does(shape):
    img = read_image(RAMP)
    assert (resize(img, shape).asnumpy() == image.imresize(img, *shape).astype('float32').asnumpy()).all()


@pytest.mark.parametrize('shape', [(20, 25), (50, 40), (67, 66), (20, 400), (400, 20), (20, 150), (150, 20), (99, 99)])
def test_a_side_that_shrinks_to_less_than_half_is_averaged(shape):
    found = resize(nd.array(GRAIN, dtype='uint8'), shape).asnumpy()
    taken = image.imresize(nd.array(GRAIN, dtype='uint8'), *shape).asnumpy()
    pixels = np.prod([max(1, 200 / side) for side in shape if 2 * side < 200])  # that one new pixel covers
    other = [side for side in shape if 2 * side >= 200]
    grain = GRAIN.std() / pixels ** 0.5
    assert found.std() < (1.1 * grain if not other else 0.6 * taken.std())
    assert abs(found.mean() - GRAIN.mean()) < 1


def test_an_average_covers_each_pixel_once():
    found = resize(nd.array(GRAIN, dtype='uint8'), (20, 40)).asnumpy()
    assert abs(found - GRAIN.reshape(40, 5, 20, 10, 3).mean(axis=(1, 3))).max() <= 1
    floats = resize(nd.array(GRAIN), (20, 40)).asnumpy()
    assert abs(floats - GRAIN.reshape(40, 5, 20, 10, 3).mean(axis=(1, 3))).max() < 0.01


def test_fine_stripes_leave_no_moire():
    stripes = np.uint8(128 + 100 * np.sin(np.arange(1000) * 3.1))[None, :, None].repeat(300, 0).repeat(3, 2)
    img = nd.array(stripes, dtype='uint8')
    assert resize(img, (225, 150)).asnumpy().std() < 0.25 * image.imresize(img, 225, 150).asnumpy().std()


def test_keep_aspect_fits_the_picture_inside():
    img = read_image(RAMP)  # 40×30
    assert preprocess(img, (100, 60), keep_aspect=True).shape == (1, 3, 60, 80)
    assert fit_shape(img, (80, 80)) == (80, 60)


@pytest.mark.parametrize('shape', [(225,), 225, (0, 150), (225.5, 150), ('a', 'b'), (8, 150), (float('inf'), 20)])
def test_sizes_that_make_no_sense_are_refused(shape):
    with pytest.raises(ValueError, match='image_shape'):
        preprocess(read_image(RAMP), shape)
