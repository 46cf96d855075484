"""What the scripts that make and judge `vgg19_slim` share: pictures, crops and both teachers."""
from d2l_style import FeatureNet
from d2l_style.backbones import SLIM_CHANNELS, VGG19_CHANNELS, vgg_features
from d2l_style.layers import fill, head, set_borders

from pathlib import Path

import mxnet as mx
import numpy as np
from mxnet import nd
from PIL import Image

MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
REAL = (0, 5, 10)  # style layers whose teacher is the real VGG-19, before their ReLU
AFTER_RELU = (19, 28)  # style layers whose teacher is the quarter network through its heads, after their ReLU
CONVOLUTIONS = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28)
CONTENT = 25
CHANNELS = {0: 64, 5: 128, 10: 256, 19: 512, 28: 512}  # of the real network at its style layers


def taps(features, layers):
    """A network that returns the outputs of `layers`, in one pass and in ascending order."""
    net = FeatureNet(features, layers, layers)
    net.hybridize(static_alloc=True, static_shape=True)
    return net


def load_pictures(folders):
    """Every JPEG and PNG of the folders as `uint8` arrays (h, w, 3), sorted by name."""
    files = sorted(f for folder in folders for f in Path(folder).iterdir()
                   if f.suffix.lower() in ('.jpg', '.jpeg', '.png'))
    if not files:
        raise SystemExit(f'no JPEG or PNG pictures in {", ".join(map(str, folders))}')
    return [np.asarray(Image.open(f).convert('RGB')) for f in files]


def load_real(file, last, borders):
    """The real VGG-19 up to layer `last`, frozen; `file`: .npz, keys `features.N.*`. `borders`: see `set_borders`."""
    return _frozen(vgg_features(VGG19_CHANNELS)[:last + 1], _read(file), borders)


def load_quarter(file, layers):
    """The quarter network, frozen, up to conv5_1, and its heads at `layers`: {layer: (C, c + 1)}.

    A head takes the layer after its ReLU and gives the real network's activations after theirs, in a
    scale of their own. `file`: .npz, keys `features.N.*` and `heads.N.*`.
    """
    arrays = _read(file)
    heads = {i: as_matrix(arrays[f'heads.{i}.weight'], arrays[f'heads.{i}.bias']) for i in layers}
    return _frozen(vgg_features(SLIM_CHANNELS)[:29], arrays, 'reflect'), heads  # as it was trained


def as_matrix(weight, bias):
    """Weights (C, c, 1, 1) and bias (C,) of a 1×1 convolution as the matrix (C, c + 1) of a `Head`."""
    return nd.concat(weight.reshape((0, -1)), bias.expand_dims(1), dim=1)


def head_of(matrix, after_relu):
    """The head, a Gluon block, that has the weights and bias of a matrix (C, c + 1)."""
    outputs, inputs = matrix.shape[0], matrix.shape[1] - 1
    block = head(inputs, outputs, after_relu)
    fill(block[-1], {'weight': matrix[:, :-1].reshape((outputs, inputs, 1, 1)), 'bias': matrix[:, -1]}, mx.cpu(), '')
    block.collect_params().setattr('grad_req', 'null')
    return block


def _read(file):
    if not Path(file).is_file():
        raise SystemExit(f'no weights file {file}')
    return {key: nd.array(value) for key, value in np.load(file).items()}


def _frozen(features, arrays, borders):
    fill(features, arrays, mx.cpu())
    set_borders(features, borders)
    features.collect_params().setattr('grad_req', 'null')
    return features


def normalise(pictures):
    """`uint8` or 0..255 pictures (n, h, w, 3) as the network's input (n, 3, h, w)."""
    X = (np.float32(pictures) / 255 - MEAN) / STD
    return nd.array(X.transpose(0, 3, 1, 2))


class Crops:
    """Random crops as network input, varied in scale, mirroring, colour and contrast.

    `photographs`, `paintings`: lists of pictures; a crop is of a painting with probability `share`.
    """

    def __init__(self, photographs, paintings, side, share=0.35):
        self.photographs, self.paintings, self.side, self.share = photographs, paintings, side, share

    def draw(self, number, rng):
        """`number` crops (n, 3, side, side); the same state of `rng` gives the same ones."""
        return normalise([self._crop(rng) for _ in range(number)])

    def _crop(self, rng):
        pictures = self.paintings if self.paintings and rng.rand() < self.share else self.photographs
        return _crop(pictures[rng.randint(len(pictures))], self.side, rng)


def _crop(picture, side, rng):
    scale = np.exp(rng.uniform(np.log(0.6), np.log(3.0)))  # above 1: the picture is shrunk
    window = min(int(side * scale), *picture.shape[:2])
    top, left = (rng.randint(n - window + 1) for n in picture.shape[:2])
    crop = Image.fromarray(picture[top:top + window, left:left + window])
    crop = np.float32(crop.resize((side, side), Image.BICUBIC)) / 255
    if rng.rand() < 0.5:
        crop = crop[:, ::-1]
    if rng.rand() < 0.2:
        crop = np.rot90(crop, rng.randint(1, 4))
    if rng.rand() < 0.6:  # other colours and contrasts than in 309 pictures
        crop = crop ** np.exp(rng.uniform(-0.5, 0.5))
        mixing = np.eye(3) + rng.normal(0, 0.15, (3, 3))
        crop = (crop - crop.mean((0, 1))) @ mixing.T * rng.uniform(0.6, 1.6) + crop.mean((0, 1)) \
            + rng.normal(0, 0.08, 3)
    if rng.rand() < 0.15:
        crop = crop + rng.normal(0, rng.uniform(0, 0.1), crop.shape)
    return np.clip(crop, 0, 1) * 255
