"""Borders: what a convolution sees beyond the border of a picture."""
from mxnet.gluon import nn

BORDERS = ('zeros', 'edge', 'reflect')


class PaddedConv2D(nn.Conv2D):
    """A 3×3 convolution that continues the picture beyond its border, where Gluon's sees zeros.

    Zeros are a dark edge around every picture, and an optimiser paints a frame against it.

    Attributes:
        borders: 'edge' repeats the outermost pixels, 'reflect' mirrors those inside them (both sides at least 2, which
            after four poolings takes a picture of 32).
    """

    borders = 'edge'

    def hybrid_forward(self, F, X, **parameters):
        """The convolution; called by Gluon.

        Args:
            F: `nd` or `sym`, given by Gluon.
            X: (n, c, h, w).
            **parameters: Weight and bias, given by Gluon.

        Returns:
            (n, C, h, w).
        """
        X = F.pad(X, mode=self.borders, pad_width=(0, 0, 0, 0, 1, 1, 1, 1))
        return super().hybrid_forward(F, X, **parameters)


def set_borders(features, borders):
    """Change in place what the convolutions of a network see beyond the border.

    Only those that have a border of one pixel, the 3×3 ones; weights and indices stay.

    Args:
        features: The layers, from `load_backbone`.
        borders: One of `BORDERS`.

    Raises:
        ValueError: For anything else.
    """
    if borders not in BORDERS:
        raise ValueError(f'borders is {borders!r}: choose one of {", ".join(BORDERS)}')

    def change(layer):
        if isinstance(layer, PaddedConv2D) or (isinstance(layer, nn.Conv2D) and layer._kwargs['pad'] == (1, 1)):
            layer.__class__ = nn.Conv2D if borders == 'zeros' else PaddedConv2D
            layer.borders = borders
            layer._kwargs['pad'] = (1, 1) if borders == 'zeros' else (0, 0)

    features.apply(change)
