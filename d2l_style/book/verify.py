"""Verify: whether the chapter's schedule gives the losses that were published for it.

Chapter, "Training": 500 epochs at 225×150, then 300 at 450×300 from the result, with weights
1 / 1e3 / 10, Adam, learning rate 0.01, divided by ten every 200 and every 100 epochs.
"""
from d2l import mxnet as d2l
from mxnet import image

from ..backbones import load_backbone
from ..features import FeatureNet, get_contents, get_styles
from ..images import postprocess, preprocess, read_image
from ..training import train
from .profiles import active_profile, use_profile

# content, style and TV loss of published MXNet runs of the chapter's setting: {pass: {epoch: losses}}
PUBLISHED = ({50: (10.10, 29.40, 3.46), 200: (5.64, 8.11, 4.29), 450: (5.39, 7.48, 4.32)},
             {50: (13.76, 13.71, 2.38), 250: (8.85, 8.13, 2.70)})
SHAPES, DECAYS = ((225, 150), (450, 300)), (200, 100)


def verify(profile=None, epochs=(500, 300)):
    """Train as the chapter does and print measured beside published losses.

    `profile`: as in `use_profile`. `epochs`: of the two passes; 0 leaves the second one out.
    Returns the measured losses, one {epoch: (content, style, TV)} a pass, for the published epochs.
    """
    profile = active_profile(profile)[0]
    content_name, style_name, backbone = use_profile(profile)
    content_img, style_img = read_image(content_name), read_image(style_name)
    net = FeatureNet(load_backbone(backbone, d2l.try_gpu()))
    measured, X = [], None
    for image_shape, max_epochs, lr_decay_epoch in zip(SHAPES, epochs, DECAYS):
        if max_epochs < 1:
            break
        print(f'\n{image_shape[0]}×{image_shape[1]}, {max_epochs} epochs')
        # bilinear always, as the chapter does: `preprocess` finds the right size and leaves it
        pictures = content_img, style_img, content_img if X is None else postprocess(X) * 255
        content, style, start = (image.imresize(img, *image_shape) for img in pictures)
        _, contents_Y = get_contents(content, image_shape, net)
        _, styles_Y = get_styles(style, image_shape, net)
        start = preprocess(start, image_shape).copyto(net.ctx)
        history = []
        X = train(start, contents_Y, styles_Y, net, 0.01, max_epochs, lr_decay_epoch, history=history)
        measured.append({step.epoch: (step.content_loss, step.style_loss, step.tv_l) for step in history})
    measured = [{epoch: losses[epoch] for epoch in published if epoch in losses}
                for losses, published in zip(measured, PUBLISHED)]
    print(f'\n{comparison(measured)}\n')
    print(_verdict(profile, backbone, measured))
    return measured


def comparison(measured):
    """A table of measured (published) losses, as text."""
    lines = [f'{"measured (published)":20s}' + ''.join(f'{name:>18s}' for name in ('content', 'style', 'TV'))]
    for (width, height), losses, published in zip(SHAPES, measured, PUBLISHED):
        for epoch, values in losses.items():
            cells = [f'{value:.2f} ({known:.2f})' for value, known in zip(values, published[epoch])]
            lines.append(f'{width}×{height}, epoch {epoch:3d}'.ljust(20) + ''.join(f'{cell:>18s}' for cell in cells))
    return '\n'.join(lines)


def _verdict(profile, backbone, measured):
    if not profile.startswith('book'):
        return (f"This is no comparison with the chapter: the published losses are of its own pictures and VGG-19, "
                f"and the profile '{profile}' has others. Try: python -m d2l_style verify book")
    ratios = [value / known for losses, published in zip(measured, PUBLISHED)
              for epoch, values in losses.items() for value, known in zip(values, published[epoch])]
    if not ratios:
        return 'No published epoch was reached: give more epochs.'
    weights = ('which edition of the weights the published runs had is not known' if profile == 'book' else
               "these are other weights than the chapter's, so other losses are to be expected")
    return (f'Measured losses are {min(ratios):.2f} to {max(ratios):.2f} times the published ones ({backbone}); '
            f'{weights}.')
