"""Catalogue: the pictures that are there without the internet, by name: the package's own, and scikit-image's."""
import os
from pathlib import Path

import skimage.data

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
    """The file of a picture: `source` is a name in `CATALOGUE`, or a path.

    Raises `FileNotFoundError` where there is none, `ValueError` for a folder.
    """
    path = Path(CATALOGUE.get(source, source) if isinstance(source, str) else source).expanduser()
    if path.is_dir():
        raise ValueError(f"'{path}' is a folder: give the path of one picture in it")
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture '{source}': check the path (from {Path.cwd()}), or take "
                                f'one of the catalogue: {", ".join(CATALOGUE)}')
    return path
