"""Scale the layers and heads of a trained student and write them as float16 into the package.

The scale decides how the chapter's weights 1 / 1e3 / 10 balance, and which losses are printed. As in
Gatys et al. 2016 it is set layer by layer, which changes what the losses weigh and nothing else.

    python tools/slim/export.py --student build/slim/final --pictures TEST
"""
from d2l_style.store.registry import WEIGHTS

import argparse
from pathlib import Path

import numpy as np
from common import CHANNELS, CONTENT, as_matrix, load_pictures, normalise
from distill import Student
from mxnet import nd
from mxnet.gluon import nn

# On average over 40 photographs: mean squared element of the Gram matrix at the style layers, root mean
# square at the content layer. Chosen so that the book's pictures print losses like the book's.
STYLE_ENERGIES, CONTENT_RMS = (0.0041, 0.00165, 0.00136, 0.0058, 0.0068), 5.8


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


def head_matrices(student, found, divisors, energies):
    """{layer: (C, c + 1)}: heads for the normalised layers, whose Gram matrices have the wanted energies."""
    matrices = {}
    for energy, (i, head) in zip(energies, student.heads.items()):
        matrix = as_matrix(head.weight.data() * divisors[i], head.bias.data())
        head.weight.set_data(matrix[:, :-1].reshape(head.weight.shape))
        raw = np.mean([(student.grams(i, Y) / CHANNELS[i]).square().mean().asscalar() for Y in found[i]])
        matrices[i] = matrix * float((energy / raw) ** 0.25)
    return matrices


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--student', type=Path, required=True, help='folder of distill.py')
    parser.add_argument('--pictures', type=Path, nargs='+', required=True, help='folders to measure scales on')
    parser.add_argument('--out', type=Path, default=WEIGHTS['vgg19_slim'].embedded)
    parser.add_argument('--style-energies', type=float, nargs=5, default=STYLE_ENERGIES)
    parser.add_argument('--content-rms', type=float, default=CONTENT_RMS)
    args = parser.parse_args()
    student = Student(args.student / 'student.params', [CONTENT])
    student.load(args.student)
    pictures = [normalise(p[None]) for p in load_pictures(args.pictures)[:40]]
    found, divisors = normalised(student.body, pictures, {CONTENT: args.content_rms})
    matrices = head_matrices(student, found, divisors, args.style_energies)
    arrays = {f'features.{name}': parameter.data() for name, parameter
              in student.body._collect_params_with_prefix().items()}
    arrays.update({f'heads.{i}.matrix': matrix for i, matrix in matrices.items()})
    nd.save(str(args.out), {name: array.astype('float16') for name, array in arrays.items()})
    print(f'{args.out}: {args.out.stat().st_size / 1e6:.2f} MB')


if __name__ == '__main__':
    main()
