"""A 12-megapixel photograph: the whole of fast mode on it, and what the tiles change (nothing).

    python tools/bench/large.py run      # prints one line of JSON: seconds and memory, 4000 × 3000
    python tools/bench/large.py seams    # the same loss and gradient with and without tiles, 1800 × 1200
"""
from d2l_style import FeatureNet, Weights, get_contents, get_styles, gram, load_backbone, read_image, train_fast_steps
from d2l_style.fast.compiled import TransferLoss
from d2l_style.fast.tiles import TiledLoss

import json
import resource
import sys
import time

import numpy as np

SHAPE, MAX_EPOCHS, COARSE_EPOCHS = (4000, 3000), 4, 8


def run():
    """Seconds of each size, and the losses of each before and after."""
    content_img, style_img = read_image('mountain_lake'), read_image('painted_hills')
    sizes, start = {}, time.perf_counter()
    for step in train_fast_steps(content_img, style_img, SHAPE, FeatureNet(load_backbone()), MAX_EPOCHS, COARSE_EPOCHS):
        size = sizes.setdefault('×'.join(map(str, step.X.shape[:1:-1])), {'seconds': [], 'losses': []})
        size['seconds'].append(round(step.seconds, 2))
        size['losses'].append(round(step.total_loss, 3))
    return {'sizes': sizes, 'total': time.perf_counter() - start}


def seams():
    """Largest difference of losses and gradients, relative to the largest value, and where the gradient has it."""
    net, shape = FeatureNet(load_backbone()), (1800, 1200)
    content_X, contents_Y = get_contents(read_image('mountain_lake'), shape, net)
    style_X, styles_Y = get_styles(read_image('painted_hills'), shape, net)
    X = content_X + 0.3 * (style_X - content_X)
    whole = TransferLoss(net, contents_Y, [gram(Y) for Y in styles_Y]).gradient(X, Weights())
    tiled = TiledLoss(net, content_X, style_X).gradient(X, Weights())
    (losses, gradient), (tiled_losses, tiled_gradient) = ([a.asnumpy() for a in b[1:]] for b in (whole, tiled))
    off = abs(gradient - tiled_gradient).max((0, 1)) / abs(gradient).max()
    near = np.zeros(off.shape, bool)  # within 4 pixels of the line between two tiles
    for line in range(512, max(off.shape), 512):
        near[line - 4:line + 4] = near[:, line - 4:line + 4] = True
    return {'losses': float((abs(losses - tiled_losses) / losses.clip(1e-6)).max()), 'gradient': float(off.max()),
            'near_seams': float(off[near].mean()), 'elsewhere': float(off[~near].mean())}


if __name__ == '__main__':
    result = {'run': run, 'seams': seams}[sys.argv[1]]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**result, 'peak_mb': round(peak / 1024)}))
