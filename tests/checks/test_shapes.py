from d2l_style import fit_area, fit_shape, read_image

import numpy as np
import pytest
from mxnet import nd


@pytest.mark.parametrize('img', [None, 'cat', 3, np.zeros((4, 5)), nd.zeros((1, 3, 20, 30)), np.zeros((0, 5, 3))])
@pytest.mark.parametrize('fit', [fit_area, lambda img: fit_shape(img, (225, 150))])
def test_a_size_is_made_of_a_picture(fit, img):
    with pytest.raises(ValueError, match=r'img is .*: give a picture of shape \(height, width, 3\) from read_image'):
        fit(img)


@pytest.mark.parametrize('pixels', ['x', None, 0, -5, 255, 1e9, float('nan'), float('inf'), (225, 150), True])
def test_a_number_of_pixels_that_no_picture_has_is_told(pixels):
    with pytest.raises(ValueError, match='pixels is .*: give how many there shall be in all, from 256 to 64000000'):
        fit_area(read_image('cat'), pixels)


@pytest.mark.parametrize('shape', [(150, 225), (200, 200), (60, 900), (900, 60)])
def test_upright_square_and_panoramic_pictures_keep_their_proportions(shape):
    width, height = fit_area(np.zeros((*shape, 3)))
    assert width / height == pytest.approx(shape[1] / shape[0], rel=0.03)
    assert width * height == pytest.approx(225 * 150, rel=0.03)
