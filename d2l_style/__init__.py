"""Neural style transfer in the order of the chapter of *Dive into Deep Learning*.

A picture is read (`images`), becomes features (`backbones`, `features`), features become
losses (`losses`), and losses move the picture (`training`, and in less time `fast`). `store` brings
weights and pictures that are not in the package, `profiles` names what belongs together, `widgets`
only watches. Beyond the chapter are `variations`, `regions` and `sweep`; `exercises` checks what students write.
"""
from .threads import use_all_cores

use_all_cores()  # before anything here imports MXNet

from .architectures import BACKBONES, find_backbone, layer_names
from .backbones import load_backbone
from .fast import train_fast, train_fast_steps
from .features import (CONTENT_LAYERS, STYLE_LAYERS, FeatureNet, extract_features, get_contents,
                       get_styles)
from .images import CATALOGUE, fit_shape, postprocess, preprocess, read_image
from .losses import Weights, compute_loss, content_loss, gram, style_loss, tv_loss
from .profiles import PROFILES, use_profile
from .store import DownloadError, WeightsError
from .training import DivergedError, GeneratedImage, Step, get_inits, train, train_steps

__all__ = [
    'CATALOGUE', 'read_image', 'preprocess', 'postprocess', 'fit_shape',
    'BACKBONES', 'find_backbone', 'load_backbone', 'layer_names',
    'PROFILES', 'use_profile', 'DownloadError', 'WeightsError',
    'CONTENT_LAYERS', 'STYLE_LAYERS', 'FeatureNet',
    'extract_features', 'get_contents', 'get_styles',
    'Weights', 'content_loss', 'gram', 'style_loss', 'tv_loss', 'compute_loss',
    'GeneratedImage', 'get_inits', 'Step', 'train_steps', 'train', 'DivergedError',
    'train_fast', 'train_fast_steps',
]
