"""Catalogue: the pictures that are there without the internet, by name: the package's own, and scikit-image's."""
import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import skimage.data

from .errors import shown

_PICTURES = Path(__file__).resolve().parents[1] / 'pictures'
_SKIMAGE = Path(skimage.data.__file__).parent

CATALOGUE = {
    # photograph-like, for the content
    'mountain_lake': _PICTURES / 'mountain-lake.jpg', 'still_life': _PICTURES / 'still-life.jpg',
    # painted, for the style
    'painted_hills': _PICTURES / 'painted-hills.jpg', 'river_in_dots': _PICTURES / 'river-in-dots.jpg',
    'woodblock_wave': _PICTURES / 'woodblock-wave.jpg', 'stained_glass': _PICTURES / 'stained-glass.jpg',
    'ink_mountains': _PICTURES / 'ink-mountains.jpg',
    # of scikit-image: photographs, and three textures
    'astronaut': _SKIMAGE / 'astronaut.png', 'cat': _SKIMAGE / 'chelsea.png',
    'coffee': _SKIMAGE / 'coffee.png', 'rocket': _SKIMAGE / 'rocket.jpg',
    'hubble': _SKIMAGE / 'hubble_deep_field.jpg', 'motorcycle': _SKIMAGE / 'motorcycle_left.png',
    'brick': _SKIMAGE / 'brick.png', 'grass': _SKIMAGE / 'grass.png', 'gravel': _SKIMAGE / 'gravel.png',
}


def local_picture(source: str | os.PathLike) -> Path:
    """The file of a picture.

    Args:
        source: A name in `CATALOGUE` or a path, also with `~`, in quotes, or as file: URI.

    Returns:
        Its path.

    Raises:
        FileNotFoundError: Where there is none.
        ValueError: For a folder.
    """
    text = unquoted(os.fsdecode(source))
    if isinstance(source, str) and text in CATALOGUE:
        return CATALOGUE[text]
    path = os.path.expanduser(_from_uri(text))  # noqa: PTH111  Path raises where there is no such user
    if os.path.isdir(path):  # noqa: PTH112  Path raises for what is too long or may not be looked into
        raise ValueError(f'{shown(path)} is a folder: give the path of one picture in it')
    if not os.path.isfile(path):  # noqa: PTH113
        raise FileNotFoundError(f'there is no picture {shown(text)}: {_hint(text)}check the path (from {Path.cwd()}), '
                                f'or take one of the catalogue: {", ".join(CATALOGUE)}')
    return Path(path)


def unquoted(text: str) -> str:
    """`text` without the spaces and quotes that come along when a path or an address is pasted."""
    if os.path.exists(text):  # noqa: PTH110  Path raises for what is too long
        return text
    text = text.strip()
    if len(text) > 1 and text[0] + text[-1] in ('""', "''", '``', '“”', '„“', '‘’', '«»', '<>'):
        text = text[1:-1].strip()
    return text


def _from_uri(text):
    """The path in a file: address, RFC 8089; other text as it is."""
    if text[:5].lower() != 'file:':
        return text
    try:
        uri = urlsplit(text)
    except ValueError:
        return text
    if uri.netloc.lower() in ('', 'localhost', '127.0.0.1'):
        return url2pathname(uri.path)
    if os.name == 'nt':
        return url2pathname(f'//{uri.netloc}{uri.path}')
    raise ValueError(f'{shown(text)} is a file of another machine, {shown(uri.netloc)}: give its path on this one '
                     '(a file: address has three slashes)')


def _hint(text):
    if len(text) > 255 and re.fullmatch(r'[\w+/=\s-]+', text):
        return (f"if these {len(text)} characters are a picture as base64, put 'data:image/jpeg;base64,' before "
                'them; else ')
    return f'{len(text)} characters are too long for a path; ' if len(text) > 1000 else ''
