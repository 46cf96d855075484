from d2l_style.lab.drawing import picture_png
from d2l_style.lab.panel import Panel, as_still

import io

import numpy as np
from PIL import Image

from .conftest import stored_of


def test_a_still_says_in_the_picture_that_it_is_one():
    picture = np.zeros((60, 400, 3), 'uint8')
    still = np.asarray(Image.open(io.BytesIO(as_still(picture_png(picture)))))
    line = still[:-60]
    assert (still[-60:] == 0).all()
    assert line.shape == (26, 400, 3)
    assert len(np.unique(line.reshape(-1, 3), axis=0)) > 5  # letters
    stored, alt = stored_of(Panel([], picture_png(picture), 'about'))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(stored))), still)
    assert alt == 'about'
