from d2l_style.lab.pixels import before_after, change_map, gram_picture

import numpy as np


def test_before_and_after_share_the_picture(pair):
    both = before_after(*pair, 0.5)
    assert both.shape == pair[0].shape
    assert (both[:, :9] == 0).all()
    assert (both[:, 11:] == 200).all()
    assert (both[:, 9:11] == 255).all()
    assert (before_after(*pair, 1)[:, :19] == 0).all()
    assert (before_after(*pair, 0)[:, 1:] == 200).all()


def test_the_change_map_is_black_where_nothing_moved(pair):
    before, _after = pair
    moved = before.copy()
    moved[:, 10:] = 200
    colours = change_map(before, moved).astype(int)
    assert colours[:, :10].sum(axis=2).max() < 10
    assert colours[:, 10:].sum(axis=2).min() > 400


def test_a_gram_picture_has_whole_squares_red_above_and_blue_below():
    picture = gram_picture(np.array([[1.0, -1.0], [0.0, 1.0]]), top=1).astype(int)
    assert picture.shape == (176, 176, 3)
    assert picture[10, 10, 0] > picture[10, 10, 2]
    assert picture[10, 170, 2] > picture[10, 170, 0]
    assert abs(picture[170, 10] - picture[170, 10].mean()).max() < 3
    assert gram_picture(np.zeros((512, 512)), top=0).shape == (176, 176, 3)
