"""Tiles: the losses and their gradient for pictures too large for the memory, without a seam.

Not in the chapter. All layers of a 12-megapixel picture together need more memory than a laptop
has. So the network looks at one tile after the other, each with a margin wide enough that the
features inside are those of the whole picture. Gram matrices are sums over pixels: summed over
all tiles they are those of the whole picture, and so are the losses and the gradient.
"""
from dataclasses import dataclass

from mxnet import autograd, nd
from mxnet.gluon import nn

from .compiled import tv_loss

GRID = 32  # pixels: tiles begin at multiples of it, so that every pooling pairs the same pixels


@dataclass(frozen=True)
class Tile:
    """A part of the picture, `core`, and what the network sees of it, `window`: (top, bottom, left, right)."""

    core: tuple
    window: tuple


def cut(height, width, side, margin):
    """Tiles that cover a picture: cores of about `side` pixels, windows with `margin` pixels around them."""
    return [Tile((top, bottom, left, right), (max(0, top - margin), min(height, bottom + margin),
                                              max(0, left - margin), min(width, right + margin)))
            for top, bottom in _intervals(height, side) for left, right in _intervals(width, side)]


def _intervals(length, side):
    """0 to `length` in pieces of `side`; a rest below half of that goes to the piece before it."""
    starts = [start for start in range(0, length, side) if start == 0 or length - start >= side / 2]
    return list(zip(starts, [*starts[1:], length]))


def view(net):
    """How the layers of `net` look at a picture: {layer: stride in pixels}, and the margin that tiles need.

    The margin is how far the deepest layer sees beyond its place, rounded up to the grid.
    """
    strides, stride, reach = {}, 1, 0
    for i, layer in enumerate(net.body):
        if not isinstance(layer, nn.Activation):  # a convolution of 3×3 sees one place further, a pooling too
            reach += stride
        if not isinstance(layer, (nn.Activation, nn.Conv2D)):
            stride *= 2
        strides[i] = stride
    return {i: strides[i] for i in net.layers}, -(-reach // GRID) * GRID


class TiledLoss:
    """What `TransferLoss` computes, tile by tile: in the memory of one tile, and about half as fast.

    Args:
        net: A `FeatureNet`.
        content_X: The content picture, (1, 3, h, w), of the composite image's size.
        style_X: The style picture, (1, 3, h, w).
        side: Of a tile, in pixels, a multiple of 32.

    Raises:
        ValueError: For another side.
    """

    def __init__(self, net, content_X, style_X, side=512):
        if side < GRID or side % GRID:
            raise ValueError(f'side is {side!r}: give a multiple of {GRID} pixels, for example 512')
        self.net, self.side = net, side
        self.strides, self.margin = view(net)
        self.contents_Y = [[outputs[i] for i in net.content_layers]
                           for outputs in (self._features(*seen) for seen in self._windows(content_X))]
        self.styles_Y_gram = self._grams(style_X)

    def gradient(self, X, weights):
        """The losses of a picture and their gradient, as `TransferLoss.gradient`.

        Args:
            X: The composite image, (1, 3, h, w).
            weights: `Weights`.

        Returns:
            The sum, the weighted losses (contents, styles, TV, in one array), and the gradient, of the shape of `X`.
        """
        grams = self._grams(X)
        styles_l = [(G - G_Y).square().mean() * weight for G, G_Y, weight in
                    zip(grams, self.styles_Y_gram, weights.style_layers(len(grams)))]
        tv_l, gradient = self._tv(X, weights)
        contents_l = [0] * len(self.net.content_layers)
        for (tile, window), contents_Y in zip(self._windows(X), self.contents_Y):
            window.attach_grad()
            with autograd.record():
                outputs = self._features(tile, window)
                shares = [(outputs[i] - Y).square().sum() * (weights.content / self._size(X, i, Y))
                          for i, Y in zip(self.net.content_layers, contents_Y)]
                l = nd.add_n(*shares, *self._pulls(X, outputs, grams, weights))
            l.backward()
            top, bottom, left, right = tile.window
            gradient[:, :, top:bottom, left:right] += window.grad
            contents_l = [before + share for before, share in zip(contents_l, shares)]
            nd.waitall()  # one tile at a time in the memory
        losses = nd.concat(*contents_l, *styles_l, tv_l, dim=0)
        return losses.sum(), losses, gradient

    def close(self):
        """As `TransferLoss.close`: let go of the content features of all tiles."""
        self.contents_Y = []

    def _windows(self, X):
        for tile in cut(*X.shape[2:], self.side, self.margin):
            top, bottom, left, right = tile.window
            yield tile, X[:, :, top:bottom, left:right]

    def _features(self, tile, window):
        """Outputs of the layers for a window without its margin: {layer: (1, c, h, w)}."""
        return {i: Y[:, :, _inner(tile, 0, self.strides[i]), _inner(tile, 2, self.strides[i])]
                for i, Y in zip(self.net.layers, self.net(window))}

    def _grams(self, X):
        sums = [0] * len(self.net.style_layers)
        for tile, window in self._windows(X):
            outputs = self._features(tile, window)
            sums = [total + self._gram(X, i, outputs[i]) for total, i in zip(sums, self.net.style_layers)]
            nd.waitall()
        return sums

    def _pulls(self, X, outputs, grams, weights):
        """Numbers whose gradient is that of the style losses, by way of this tile's share of the Gram matrices."""
        styles = weights.style_layers(len(grams))
        for i, G, G_Y, weight in zip(self.net.style_layers, grams, self.styles_Y_gram, styles):
            slope = (G - G_Y) * (2 * weight / G.size)
            yield (slope * self._gram(X, i, outputs[i])).sum()

    def _gram(self, X, i, Y):
        """What the features `Y` of a tile add to the Gram matrix of layer `i`: (1, c, h, w) → (c, c)."""
        return nd.linalg.syrk(Y.reshape((Y.shape[1], -1))) / self._size(X, i, Y)  # Y·Yᵀ without the transposition

    def _size(self, X, i, Y):
        """Number of elements of layer `i` over the whole picture; `Y`: its features in some tile."""
        return Y.shape[1] * (X.shape[2] // self.strides[i]) * (X.shape[3] // self.strides[i])

    def _tv(self, X, weights):
        X = X.copy()
        X.attach_grad()
        with autograd.record():
            l = tv_loss(nd, X) * weights.tv
        l.backward()
        return l, X.grad


def _inner(tile, first, stride):
    """Where the core lies in a layer's output for the window, along the axis that starts at `first`."""
    (start, end), (seen, seen_end) = tile.core[first:first + 2], tile.window[first:first + 2]
    # the last tile goes as far as the layer does: a pooling may have dropped the last pixels
    return slice((start - seen) // stride, None if end == seen_end else (end - seen) // stride)
