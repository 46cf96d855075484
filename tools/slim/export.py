"""Scale the layers of a trained student, make its heads small, and write both as float16 into the package.

    python tools/slim/export.py --student build/slim/final --pictures TEST    (the folder of BSDS500's test pictures)
    python tools/slim/export.py --pictures TEST                               (the package's own network, another scale)

The scale decides how the chapter's weights 1 / 1e3 / 10 balance. As in Gatys et al. 2016 it is set layer by layer,
which changes what the losses weigh and nothing else. It was chosen by looking: scales.py makes the contact sheet.
"""
from d2l_style import load_backbone
from d2l_style.store.registry import WEIGHTS

import argparse
from pathlib import Path

import numpy as np
from common import AFTER_RELU, CONTENT, as_matrix, load_pictures, normalise
from distill import Student
from mxnet import nd
from mxnet.gluon import nn

# On average over 40 photographs: mean squared element of the Gram matrix at the style layers, root mean
# square at the content layer
STYLE_ENERGIES, CONTENT_RMS = (0.1 / 3, 0.05 / 3, 0.03 / 3, 0.01 / 3, 0.01 / 3), 4.5


def normalised(features, pictures, rms):
    """Divide each convolution of `features` by a number, in place, so that its output has the RMS that is wanted.

    `pictures`: a list of network inputs. `rms`: {layer: wanted}, 1 where none is given. Returns {layer: its
    outputs over the pictures} and {layer: by how much they are smaller than before}.
    """
    outputs, smaller, found, divisors = pictures, 1.0, {}, {}
    for i, layer in enumerate(features):
        if isinstance(layer, nn.Conv2D):
            layer.bias.set_data(layer.bias.data() / smaller)  # what comes in is smaller by as much
            raw = np.mean([layer(X).square().mean().asscalar() for X in outputs]) ** 0.5
            step = float(raw) / rms.get(i, 1)
            layer.weight.set_data(layer.weight.data() / step)
            layer.bias.set_data(layer.bias.data() / step)
            smaller *= step
            divisors[i] = smaller
        outputs = [layer(X) for X in outputs]
        found[i] = outputs
    return found, divisors


def moments(i, Y):
    """Mean products of the channels of layer `i`, and of a constant 1: (1, c, h, w) → (c + 1, c + 1)."""
    Y = (Y.relu() if i in AFTER_RELU else Y)[0].asnumpy().reshape(Y.shape[1], -1).astype('float64')
    Y = np.concatenate([Y, np.ones((1, Y.shape[1]))])
    return Y @ Y.T / Y.shape[1]


def small_head(matrix, found):
    """A head (c, c + 1) with the losses of `matrix` (C, c + 1), but for a constant that no picture changes.

    With A = Q·R (Q of orthonormal columns) the squares of A·S·Aᵀ - G sum to those of R·S·Rᵀ - Qᵀ·G·Q and to what of G
    no picture can reach. Of the c + 1 directions the weakest over the moments `found` is dropped. Any rotation gives
    the same losses: this one mixes the channels least. A loss is divided by C⁴ in all, hence the factor c / C.
    """
    channels = matrix.shape[1] - 1
    R = np.linalg.qr(matrix)[1]
    directions = np.linalg.eigh(R @ np.mean(found, axis=0) @ R.T)[1][:, -channels:]
    small = directions.T @ R
    left, _, right = np.linalg.svd(small[:, :-1])
    return right.T @ left.T @ small * (channels / len(matrix))


def scaled_heads(matrices, found, energies):
    """{layer: (c, c + 1)}: small heads whose Gram matrices have the wanted energies on the outputs `found`."""
    heads = {}
    for energy, (i, matrix) in zip(energies, matrices.items()):
        seen = [moments(i, Y) for Y in found[i]]
        small = small_head(matrix, seen)
        raw = np.mean([np.square(small @ S @ small.T / len(small)).mean() for S in seen])
        heads[i] = small * (energy / raw) ** 0.25
    return heads


def of_student(folder):
    """Layers and heads of a student, {layer: (C, c + 1)}."""
    student = Student(folder / 'student.params', [CONTENT])
    student.load(folder)
    return student.body, {i: as_matrix(head.weight.data(), head.bias.data()) for i, head in student.heads.items()}


def of_package():
    """Layers and heads of the package's network."""
    net = load_backbone('vgg19_slim')
    return net, {i: as_matrix(head[-1].weight.data(), head[-1].bias.data()) for i, head in net.heads.items()}


def save(file, features, heads):
    """Write layers and heads as float16, in MXNet's format."""
    arrays = {f'features.{name}': parameter.data() for name, parameter
              in features._collect_params_with_prefix().items()}
    for i, matrix in heads.items():
        arrays[f'heads.{i}.weight'] = nd.array(matrix[:, :-1, None, None])
        arrays[f'heads.{i}.bias'] = nd.array(matrix[:, -1])
    nd.save(str(file), {name: array.astype('float16') for name, array in arrays.items()})
    print(f'{file}: {file.stat().st_size / 1e6:.2f} MB')


def rescaled(features, matrices, pictures, energies, rms):
    """Scale `features` in place, and the heads that belong to them: {layer: (c, c + 1)}."""
    found, divisors = normalised(features, pictures, {CONTENT: rms})
    full = {i: np.concatenate([matrix[:, :-1] * divisors[i], matrix[:, -1:]], axis=1).astype('float64')
            for i, matrix in ((i, matrix.asnumpy()) for i, matrix in matrices.items())}
    return scaled_heads(full, found, energies)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--student', type=Path, help='folder of distill.py; else the network of the package')
    parser.add_argument('--pictures', type=Path, nargs='+', required=True, help='folders to measure scales on')
    parser.add_argument('--out', type=Path, default=WEIGHTS['vgg19_slim'].embedded)
    parser.add_argument('--style-energies', type=float, nargs=5, default=STYLE_ENERGIES)
    parser.add_argument('--content-rms', type=float, default=CONTENT_RMS)
    args = parser.parse_args()
    features, matrices = of_student(args.student) if args.student else of_package()
    pictures = [normalise(p[None]) for p in load_pictures(args.pictures)[:40]]
    save(args.out, features, rescaled(features, matrices, pictures, args.style_energies, args.content_rms))


if __name__ == '__main__':
    main()
