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

    `name`: one of `PROFILES`; by default what `D2L_STYLE_PROFILE` in the environment says, else
    'embedded'. `content`, `style`, `backbone`: in place of the profile's own. Everything is looked
    for at once: weights that are missing raise `WeightsError`, with the command that fetches them,
    and pictures what `read_image` raises. Nothing is ever taken in place of something else.
    """
    name, profile = active_profile(name)
    content, style, backbone = content or profile.content, style or profile.style, backbone or profile.backbone
    print(f'profile   {name}')
    print(f'backbone  {backbone}: {origin(backbone)}')
    for kind, picture in (('content', content), ('style', style)):
        shape = read_image(picture).shape
        print(f'{kind:9s} {brief(picture)}: {shape[1]}×{shape[0]} pixels, {_picture_origin(picture)}')
    return content, style, backbone


def is_default(content, style, backbone):
    """Whether these are what notebooks have when nobody changes them: asserts about numbers hold for those only."""
    return Profile(content, style, backbone) == PROFILES['embedded']


def active_profile(name=None):
    """(name, `Profile`) of the profile `name`, of `D2L_STYLE_PROFILE`, or of 'embedded'. Raises `ValueError`."""
    asked = name or os.environ.get('D2L_STYLE_PROFILE') or 'embedded'
    if asked not in PROFILES:
        where = '' if name else ' (D2L_STYLE_PROFILE in the environment)'
        raise ValueError(f'there is no profile {asked!r}{where}: choose one of {", ".join(PROFILES)}')
    return asked, PROFILES[asked]


def origin(backbone):
    """Where the weights of `backbone` came from, and how that was made sure."""
    facts = find_weights(backbone, parameter_shapes(find_backbone(backbone).layers())).facts
    return facts.source + (f' ({facts.checked})' if facts.checked else '')


def _picture_origin(picture):
    if picture in PICTURES:
        return PICTURES[picture].attribution
    if picture in CATALOGUE:
        return 'comes with the project' if CATALOGUE[picture].parent.name == 'pictures' else 'comes with scikit-image'
    if str(picture)[:5].lower() == 'data:':
        return 'the URI holds it'
    return 'fetched from there' if is_remote(str(picture)) else f'your file {local_picture(picture).name}'
