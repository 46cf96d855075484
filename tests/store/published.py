"""Synthetic weights from a seed, in the forms in which the real ones are published.

As a program it fetches small ones, `python -m tests.store.published`: for tests that kill it.
"""
from d2l_style.backbones import BACKBONES, VGG19, VGG19_CHANNELS, parameter_shapes, vgg
from d2l_style.store import fetch
from d2l_style.store.registry import WEIGHTS
from d2l_style.store.zoo import sha1

import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from mxnet import nd
from safetensors.numpy import save_file

TINY = (16, 16, 32, 32, 32)
DENSE = {'output.weight': (1000, 4096), 'classifier.0.weight': (4096, 25088), 'classifier.1.weight': (4096, 4096)}
HUB_DENSE = {'head.fc.weight': (1000, 4096), 'pre_logits.fc1.weight': (4096, 512, 7, 7),
             'pre_logits.fc2.weight': (4096, 4096, 1, 1)}
UNUSED = {f'features.{i}.{kind}': (512, 512, 3, 3) if kind == 'weight' else (512,)
          for i in (30, 32, 34) for kind in ('weight', 'bias')}


def features(shapes, seed=0):
    """{name: float32 array}, variance-preserving."""
    rng = np.random.default_rng(seed)
    return {name: (rng.standard_normal(shape, 'float32') * np.float32(np.sqrt(2 / np.prod(shape[1:]))) if len(shape) > 1
                   else np.zeros(shape, 'float32')) for name, shape in shapes.items()}


def shapes(channels):
    """{name: shape} of VGG-19 up to conv5_1."""
    return parameter_shapes(vgg(VGG19, channels).layers())


def write_params(file, arrays):
    """An MXNet file, as `save_parameters` writes it."""
    nd.save(str(file), {name: nd.array(array) for name, array in arrays.items()})


def tiny(folder):
    """Make `vgg19` in this process a small network, published in `folder` as zip and as safetensors.

    Returns the arrays that it uses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    BACKBONES['vgg19'] = vgg(VGG19, TINY)
    arrays = features(shapes(TINY))
    params = folder / 'all.params'
    write_params(params, {**arrays, 'output.bias': np.zeros(1000, 'float32')})
    entry = WEIGHTS['vgg19'] = replace(WEIGHTS['vgg19'], sha1=sha1(params), size=params.stat().st_size)
    with zipfile.ZipFile(folder / f'{Path(entry.file).stem}.zip', 'w') as archive:
        archive.write(params, entry.file)
    BACKBONES['vgg19_torchvision'] = BACKBONES['vgg19']
    save_file({**arrays, 'head.fc.weight': np.zeros((1000, 500), 'float32')}, str(folder / 'model.safetensors'))
    return arrays


def full(folder):
    """A VGG-19 of the full size: the zoo's `.params` and `.zip`, the Hub's safetensors. Returns what is used of it."""
    arrays = features(shapes(VGG19_CHANNELS))
    rest = {name: np.zeros(shape, 'float32') for name, shape in {**DENSE, **UNUSED}.items()}
    write_params(folder / 'all.params', {**arrays, **rest})
    rest = {name: np.zeros(shape, 'float32') for name, shape in {**HUB_DENSE, **UNUSED}.items()}
    save_file({**arrays, **rest}, str(folder / 'model.safetensors'))
    return arrays


if __name__ == '__main__':
    tiny(Path(os.environ['D2L_STYLE_CACHE']).parent / f'published-{os.getpid()}')
    fetch.fetch(sys.argv[1], shapes(TINY))
