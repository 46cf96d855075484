"""What the scripts that make and judge `vgg19_slim` share: pictures, crops, the teacher, scaling."""
from d2l_style import FeatureNet, gram
from d2l_style.backbones import VGG19_CHANNELS, fill, vgg_features

from pathlib import Path

import numpy as np
from mxnet import nd
from mxnet.gluon import nn
from PIL import Image

MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


def taps(features, layers):
    """A network that returns the outputs of `layers`, in one pass and in ascending order."""
    return FeatureNet(features, layers, layers)


def load_pictures(folders):
    """Every JPEG and PNG of the folders as `uint8` arrays (h, w, 3), sorted by name."""
    files = sorted(f for folder in folders for f in Path(folder).iterdir()
                   if f.suffix.lower() in ('.jpg', '.jpeg', '.png'))
    if not files:
        raise SystemExit(f'no JPEG or PNG pictures in {", ".join(map(str, folders))}')
    return [np.asarray(Image.open(f).convert('RGB')) for f in files]


def load_teacher(file, ctx):
    """The real VGG-19, frozen, as far as `file` (.npz or .params, keys `features.N.*`) goes."""
    if not file.is_file():
        raise SystemExit(f'no weights file {file}')
    saved = {key: nd.array(value) for key, value in np.load(file).items()} if file.suffix == '.npz' \
        else nd.load(str(file))
    features = vgg_features(VGG19_CHANNELS)
    last = max(i for i in range(len(features)) if f'features.{i}.weight' in saved)
    features = features[:last + 1]
    fill(features, saved, ctx)
    features.collect_params().setattr('grad_req', 'null')
    return features


def normalise(pictures):
    """`uint8` or 0..255 pictures (n, h, w, 3) as the network's input (n, 3, h, w)."""
    X = (np.float32(pictures) / 255 - MEAN) / STD
    return nd.array(X.transpose(0, 3, 1, 2))


def random_crops(pictures, number, side, seed):
    """`number` random crops, varied in scale, mirroring, colour and contrast, as network input.

    The same `seed` gives the same crops, which makes a run resumable.
    """
    rng = np.random.RandomState(seed % 2**32)
    return normalise([_crop(pictures[rng.randint(len(pictures))], side, rng) for _ in range(number)])


def _crop(picture, side, rng):
    scale = np.exp(rng.uniform(np.log(0.5), np.log(1.5)))  # above 1: the picture is shrunk
    window = min(int(side * scale), *picture.shape[:2])
    top, left = (rng.randint(n - window + 1) for n in picture.shape[:2])
    crop = Image.fromarray(picture[top:top + window, left:left + window])
    crop = np.float32(crop.resize((side, side), Image.BICUBIC)) / 255
    if rng.rand() < 0.5:
        crop = crop[:, ::-1]
    if rng.rand() < 0.7:  # paintings have stronger and other colours than photographs
        crop = crop ** np.exp(rng.uniform(-0.5, 0.5))
        mixing = np.eye(3) + rng.normal(0, 0.15, (3, 3))
        crop = (crop - crop.mean((0, 1))) @ mixing.T * rng.uniform(0.6, 1.6) + crop.mean((0, 1)) \
            + rng.normal(0, 0.08, 3)
    if rng.rand() < 0.2:
        crop = crop + rng.normal(0, rng.uniform(0, 0.1), crop.shape)
    return np.clip(crop, 0, 1) * 255


def rescale(features, pictures, style_energies, content_rms, style_layers, content_layers):
    """Scale the layers one by one, which changes what the losses weigh and nothing else.

    As in Gatys et al. 2016, so that no layer drowns the others. On average over `pictures`
    (a list of network inputs) the squared Gram matrix of each style layer gets the mean that
    `style_energies` gives it, each content layer the RMS `content_rms`, other convolutions RMS 1.
    """
    energies = dict(zip(style_layers, style_energies))
    outputs, before = pictures, 1.0
    for i, layer in enumerate(features):
        if isinstance(layer, nn.Conv2D):
            layer.bias.set_data(layer.bias.data() / before)  # what comes in was divided by it already
            raw = [layer(X) for X in outputs]
            if i in energies:
                energy = np.mean([gram(X).square().mean().asscalar() for X in raw])
                before = float((energy / energies[i]) ** 0.25)
            else:
                rms = np.mean([X.square().mean().asscalar() for X in raw]) ** 0.5
                before = float(rms / (content_rms if i in content_layers else 1))
            layer.weight.set_data(layer.weight.data() / before)
            layer.bias.set_data(layer.bias.data() / before)
        outputs = [layer(X) for X in outputs]
