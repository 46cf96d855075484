"""Neural style transfer in the order of the chapter of *Dive into Deep Learning*.

The chapter is in five files: a picture is read (`images`), becomes features (`backbones`, `features`), features
become losses (`losses`), and losses move the picture (`training`). They stand on four folders: `compat` lets MXNet of
2022 run on today's systems, `layers` has what the backbones need and Gluon does not have, `checks` refuses what makes
no sense, `store` brings weights and pictures that are not in the package. On them stand, each for itself, `fast` (the
same losses in less time), `beyond` (what papers do otherwise, and sweeps), `book` (the chapter's own setting, and the
commands), `lab` (sliders, which only watch) and `exercises` (checks what students write). `pretrained` and `pictures`
hold files only.

Each name comes out of its module when it is first asked for: so `python -m d2l_style check` works where MXNet does not.
"""
from importlib import import_module

from .compat.libraries import MXNET
from .compat.loading import prepare

prepare()  # before anything imports MXNet

_PUBLIC = {
    'images': ['read_image', 'preprocess', 'postprocess', 'fit_shape', 'fit_area'],
    'backbones': ['BACKBONES', 'find_backbone', 'layer_names', 'load_backbone'],
    'features': ['CONTENT_LAYERS', 'STYLE_LAYERS', 'FeatureNet', 'extract_features', 'get_contents', 'get_styles'],
    'losses': ['Weights', 'content_loss', 'gram', 'style_loss', 'tv_loss', 'compute_loss'],
    'training': ['GeneratedImage', 'get_inits', 'Step', 'train_steps', 'train', 'DivergedError'],
    'fast': ['train_fast', 'train_fast_steps'],
    'book': ['PROFILES', 'is_default', 'results_folder', 'save_picture', 'use_profile'],
    'store': ['CATALOGUE', 'DownloadError', 'WeightsError'],
}
_MODULE_OF = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = list(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    try:
        return getattr(import_module(f'.{_MODULE_OF[name]}', __name__), name)
    except ModuleNotFoundError as error:
        if error.name not in ('mxnet', 'd2l'):
            raise
        raise ImportError(f'MXNet is not installed here: pip install --no-deps mxnet=={MXNET} d2l==1.0.3') from None


def __dir__():
    return sorted([*globals(), *__all__])
