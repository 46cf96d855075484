"""Profiles: which network and which pictures belong together, chosen with one word.

`embedded` needs no file and no internet; `book` is the chapter's own setting, `book_torchvision` the
same pictures with a VGG-19 that is a smaller download and has other weights.
"""
import os
from dataclasses import dataclass

from ..backbones import find_backbone, parameter_shapes
from ..images import read_image
from ..store import CATALOGUE, find_weights, local_picture
from ..store.errors import brief
from ..store.pictures import is_remote
from ..store.registry import PICTURES
from .figures import describe_figures

TRAINED = 225 * 150  # pixels, the chapter's first size


@dataclass(frozen=True)
class Profile:
    """Two pictures and a backbone, by name."""

    content: str
    style: str
    backbone: str


PROFILES = {
    'embedded': Profile('mountain_lake', 'painted_hills', 'vgg19_slim'),
    'book': Profile('rainier', 'autumn_oak', 'vgg19'),
    'book_torchvision': Profile('rainier', 'autumn_oak', 'vgg19_torchvision'),
}


def use_profile(name=None, *, content=None, style=None, backbone=None):
    """Content picture, style picture and backbone of a profile, by name; prints what they are.

    Everything is looked for at once, and nothing is ever taken in place of something else. A picture that has to be
    enlarged, and two that are the same, are pointed out. From then on a notebook's figures carry a description.

    Args:
        name: One of `PROFILES`; by default what `D2L_STYLE_PROFILE` in the environment says, else 'embedded'.
        content: A picture in place of the profile's own.
        style: A picture in place of the profile's own.
        backbone: A backbone in place of the profile's own.

    Returns:
        The three names, for `read_image` and `load_backbone`.

    Raises:
        WeightsError: For weights that are missing, with the command that fetches them.
        ValueError: For what is no name; for pictures what `read_image` raises.
    """
    describe_figures()
    name, profile = active_profile(name)
    content, style, backbone = (_named(kind, getattr(profile, kind) if given is None else given)
                                for kind, given in (('content', content), ('style', style), ('backbone', backbone)))
    print(f'profile   {name}')
    print(f'backbone  {backbone}: {origin(backbone)}')
    pictures = [_read_and_told(kind, name) for kind, name in (('content', content), ('style', style))]
    if pictures[0].shape == pictures[1].shape and (pictures[0] == pictures[1]).all():
        print('note      content and style are the same picture: nothing is left to train but the '
              'total variation, which blurs it; choose another style')
    return content, style, backbone


def is_default(content, style, backbone):
    """Whether these are what notebooks have when nobody changes them: asserts about numbers hold for those only.

    Args:
        content: A name, as `use_profile` returns it.
        style: A name.
        backbone: A name.

    Returns:
        True for those of the profile 'embedded'.

    Raises:
        ValueError: For anything else than names.
    """
    given = Profile(_named('content', content), _named('style', style), _named('backbone', backbone))
    return given == PROFILES['embedded']


def active_profile(name=None):
    """(name, `Profile`) of the profile `name`, of `D2L_STYLE_PROFILE`, or of 'embedded'. Raises `ValueError`."""
    asked = name or os.environ.get('D2L_STYLE_PROFILE') or 'embedded'
    if not isinstance(asked, str) or asked not in PROFILES:
        where = '' if name else ' (D2L_STYLE_PROFILE in the environment)'
        raise ValueError(f'there is no profile {asked!r}{where}: choose one of {", ".join(PROFILES)}')
    return asked, PROFILES[asked]


def origin(backbone):
    """Where the weights of `backbone` came from, and how that was made sure."""
    facts = find_weights(backbone, parameter_shapes(find_backbone(backbone).layers())).facts
    return facts.source + (f' ({facts.checked})' if facts.checked else '')


def _named(kind, given):
    """`given`, if it can be the name of the `kind`: text, or the path of a picture."""
    if (isinstance(given, str) and given.strip()) or (kind != 'backbone' and isinstance(given, os.PathLike)):
        return given
    what = repr(given) if isinstance(given, (str, int, float)) or given is None else f'a {type(given).__name__}'
    allowed = 'the name of a network, for example vgg19_slim' if kind == 'backbone' else \
        'a name, a path or an address, and no picture that is read already'
    raise ValueError(f'{kind} is {what}: give {allowed}')


def _read_and_told(kind, name):
    """The picture `name` as an array, after a line that says what it is."""
    picture = read_image(name).asnumpy()
    height, width = picture.shape[:2]
    small = (f'; smaller than the {TRAINED:,} pixels that are trained: it is enlarged, and its details stay blurred'
             if height * width < TRAINED else '')
    print(f'{kind:9s} {brief(name)}: {width}×{height} pixels, {_picture_origin(name)}{small}')
    return picture


def _picture_origin(picture):
    if picture in PICTURES:
        return PICTURES[picture].attribution
    if picture in CATALOGUE:
        return 'comes with the project' if CATALOGUE[picture].parent.name == 'pictures' else 'comes with scikit-image'
    if str(picture)[:5].lower() == 'data:':
        return 'the URI holds it'
    return 'fetched from there' if is_remote(str(picture)) else f'your file {local_picture(picture).name}'
