from d2l_style.lab.picture_controls import catalogue

import io

import numpy as np
import pytest
from PIL import Image

from .conftest import upload


def png(side=20):
    buffer = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), 7, 'uint8')).save(buffer, format='png')
    return buffer.getvalue()


def test_tiles_choose_and_swap(choice, reports):
    choice.tiles['content'].buttons['cat'].click()
    assert reports[-1] == {'content': 'cat', 'image_shape': (225, 150)}
    choice.swap.click()
    assert reports[-1]['content'] == 'painted_hills'
    assert reports[-1]['style'] == 'cat'
    chosen = [name for name, button in choice.tiles['style'].buttons.items() if 'd2l-chosen' in button._dom_classes]
    assert chosen == ['cat']


def test_the_content_image_keeps_its_proportions_unless_told_not_to(choice, reports):
    choice.pictures['tall'] = choice.pictures['cat'].slice_axis(axis=1, begin=0, end=150)
    choice._choose(content='tall')
    assert reports[-1]['image_shape'] == (75, 150)
    choice.proportions.value = False
    assert reports[-1] == {'image_shape': (225, 150)}
    choice.size.value = (450, 300)
    assert reports[-1] == {'image_shape': (450, 300)}


def test_a_free_size_is_limited(choice, reports):
    choice.size.value = None
    choice.proportions.value = False
    choice.width.value, choice.height.value = 400, 320
    assert reports[-1] == {'image_shape': (400, 320)}
    n = len(reports)
    choice.width.value = 2000
    assert 'too large' in choice.size_message.value
    assert len(reports) == n


def test_a_good_upload_is_a_picture_more(choice, reports):
    choice.side.value = 'style'
    choice.upload.value = upload('my picture.png', png())
    assert choice.message.value == ''
    assert reports[-1]['style'] == 'my picture.png'
    assert choice.pictures['my picture.png'].shape == (20, 20, 3)
    choice.upload.value = upload('my picture.png', png(30))
    assert reports[-1]['style'] == '2-my picture.png'
    assert len(choice.tiles['content'].buttons) == 5


def test_a_long_name_keeps_its_beginning_and_its_end(choice):
    choice.upload.value = upload(f'holiday in {"x" * 80} 0042.png', png())
    name = list(choice.pictures)[-1]
    assert len(name) <= 60 and name.startswith('holiday in x') and name.endswith('x 0042.png')
    label = choice.tiles['content'].buttons[name].description
    assert len(label) <= 15 and 'holiday' in label and label.endswith('.png')


@pytest.mark.parametrize(('name', 'content', 'sentence'), [
    ('text.txt', b'hello', 'not a picture'), ('cut.png', png()[:60], 'was not taken'),
    ('small.png', png(4), 'each side needs at least 16'), ('large.png', b'\0' * 20_000, 'MB'),
    ('<img src=x>.png', b'', '_img src_x_.png')], ids=['text', 'cut', 'small', 'large', 'markup'])
def test_a_bad_upload_is_a_sentence_and_changes_nothing(choice, reports, name, content, sentence):
    before = dict(choice.pictures)
    choice.upload.value = upload(name, content)
    assert sentence in choice.message.value
    assert choice.pictures == before
    assert not reports
    assert choice.upload.value == ()


def test_the_catalogue_is_complete():
    assert {'mountain_lake', 'painted_hills', 'cat'} < set(catalogue())
