from d2l_style import is_default, read_image, use_profile

import numpy as np
import pytest
from PIL import Image


def test_a_style_that_is_the_content_is_pointed_out(tmp_path, capsys):
    Image.fromarray(read_image('cat').asnumpy()).save(tmp_path / 'copy.png')
    for style in ('cat', tmp_path / 'copy.png'):
        use_profile(content='cat', style=style)
        assert 'content and style are the same picture' in capsys.readouterr().out
    use_profile()
    assert 'note' not in capsys.readouterr().out


def test_a_picture_that_is_enlarged_is_pointed_out(tmp_path, capsys):
    Image.fromarray(np.zeros((48, 64, 3), 'uint8')).save(tmp_path / 'small.png')
    use_profile(content=tmp_path / 'small.png')
    content, style = capsys.readouterr().out.splitlines()[2:]
    assert '64×48 pixels, your file small.png; smaller than the 33,750 pixels that are trained: it is enl' in content
    assert 'enlarged' not in style


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'content': ''}, "content is '': give a name"), ({'content': read_image('cat')}, 'content is a NDArray: give'),
    ({'style': 3}, 'style is 3: give'), ({'backbone': ['vgg19']}, 'backbone is a list: give the name of a network'),
    ({'name': ['book']}, 'there is no profile')])
def test_what_is_no_name_is_told(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        use_profile(**given)


def test_the_default_is_asked_for_by_names():
    assert is_default('mountain_lake', 'painted_hills', 'vgg19_slim')
    assert not is_default('cat', 'painted_hills', 'vgg19_slim')
    with pytest.raises(ValueError, match='content is a NDArray: give a name, a path or an address, and no picture'):
        is_default(read_image('cat'), 'painted_hills', 'vgg19_slim')
    with pytest.raises(ValueError, match='backbone is None: give the name of a network'):
        is_default('cat', 'painted_hills', None)
