"""Warm-up: the chapter's functions that notebook 6 asks for, and what goes wrong in them."""
from mxnet import nd

from .. import images, losses
from .exercise import (
    ABSOLUTE,
    CANCELLED,
    FEATURES,
    HALVED,
    MANY,
    MIXED,
    ONE_WAY,
    SUMMED,
    TOO_LARGE,
    TOO_SMALL,
    Exercise,
    Mistake,
    across,
    channels_last,
    down,
    gram_of,
)

WARM_UP = {
    'postprocess': Exercise(
        images.postprocess, lambda rng, shape: (rng.normal(0, 2, (1, 3, *shape[1:])),), trained=False, mistakes=(
            Mistake(lambda X: channels_last(X)[0] * images.rgb_std + images.rgb_mean,
                    ('some values are below 0 or above 1.',
                     'Training may push a pixel below black or above white. What does `imshow` want, and what brings '
                     'a value back into a range?')),
            Mistake(lambda X: ((channels_last(X)[0] + images.rgb_mean) * images.rgb_std).clip(0, 1),
                    ('mean and deviation are undone in the wrong order.',
                     '`preprocess` first subtracts, then divides. What has to be undone first?')),
            Mistake(lambda X: (channels_last(X)[0] * images.rgb_std + images.rgb_mean).clip(0, 1) * 255,
                    ('the values go up to 255.', 'With floats, `imshow` wants another range. Which?')),
            Mistake(lambda X: channels_last(X)[0].clip(0, 1) * images.rgb_std + images.rgb_mean,
                    ('something is cut off too early.',
                     'Which values are to lie between 0 and 1: the normalised ones?')),
            Mistake(lambda X: (X[0].transpose((2, 1, 0)) * images.rgb_std + images.rgb_mean).clip(0, 1),
                    ('the picture lies on its side.',
                     'Look at the order of the axes: (3, h, w) is to become (h, w, 3).')),
            Mistake(lambda X: (channels_last(X) * images.rgb_std + images.rgb_mean).clip(0, 1),
                    ('the leading axis is still there.',
                     'A batch of one picture is not a picture: which element is it?')),
        )),
    'content_loss': Exercise(
        losses.content_loss, lambda rng, shape: (rng.normal(size=(1, *shape)), rng.normal(size=(1, *shape))), (
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().sum(), SUMMED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().sum() / 2, SUMMED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().mean() / 2, HALVED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).abs().mean(), ABSOLUTE),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().mean().sqrt(), ABSOLUTE),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).mean(), CANCELLED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square(), MANY),
            Mistake(lambda Y_hat, Y: (losses.gram(Y_hat) - losses.gram(Y)).square().mean(),
                    ('it does not see where something is.',
                     'Content is compared place by place. Do you compare places?')),
        )),
    'gram': Exercise(
        losses.gram, lambda rng, shape: (rng.normal(size=(1, *shape)),), (
            Mistake(gram_of, TOO_LARGE),
            Mistake(lambda X: gram_of(X, X.shape[1]), TOO_LARGE),
            Mistake(lambda X: gram_of(X, X.size // X.shape[1]), TOO_LARGE),
            Mistake(lambda X: gram_of(X, 2 * X.size), TOO_SMALL),
            Mistake(lambda X: gram_of(X, X.size ** 2), TOO_SMALL),
            Mistake(lambda X: nd.dot(X.reshape((-1, X.shape[1])).T, X.reshape((-1, X.shape[1]))) / X.size, MIXED),
            Mistake(lambda X: gram_of(channels_last(X).reshape((1, X.shape[1], -1, 1)), X.size), MIXED),
            Mistake(lambda X: nd.dot(X.reshape((X.shape[1], -1)).T, X.reshape((X.shape[1], -1))) / X.size,
                    ('it compares places with places, and the result grows with the picture.',
                     'Which two of your matrices are multiplied, and which length do they share? The result should '
                     'have a row for each channel.')),
            Mistake(lambda X: gram_of(X - X.mean(axis=(2, 3), keepdims=True), X.size),
                    ('the mean of each channel is subtracted.',
                     'That is a covariance. What does the formula multiply?')),
        )),
    'style_loss': Exercise(
        losses.style_loss, lambda rng, shape: (rng.normal(size=(1, *shape)), rng.normal(size=(shape[0], shape[0]))), (
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().sum(), SUMMED),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().mean() / 4, HALVED),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().mean() / 2, HALVED),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).abs().mean(), ABSOLUTE),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().mean().sqrt(), ABSOLUTE),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - losses.gram(G[None, :, :, None])).square().mean(),
                    ('the target is made into a Gram matrix a second time.', 'What is the second argument already?')),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square(), MANY),
        ),
        # handed features, it works; handed a Gram matrix, it stops
        probe=lambda rng, shape: (rng.normal(size=(1, *shape)), rng.normal(size=(1, *shape))),
        probed=Mistake(lambda Y_hat, Y: (Y_hat - Y).square().mean(), FEATURES)),
    'tv_loss': Exercise(
        losses.tv_loss, lambda rng, shape: (rng.normal(size=(1, *shape)),), (
            Mistake(lambda X: 0.5 * down(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: 0.5 * across(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: down(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: across(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: 0.5 * (down(X).square().mean() + across(X).square().mean()), ABSOLUTE),
            Mistake(lambda X: down(X).square().mean() + across(X).square().mean(), ABSOLUTE),
            Mistake(lambda X: down(X).abs().mean() + across(X).abs().mean(), HALVED),
            Mistake(lambda X: down(X).abs().sum() + across(X).abs().sum(), SUMMED),
            Mistake(lambda X: 0.5 * (down(X).abs().sum() + across(X).abs().sum()), SUMMED),
            Mistake(lambda X: 0.5 * (down(X).mean() + across(X).mean()), CANCELLED),
            Mistake(lambda X: -0.5 * (down(X).mean() + across(X).mean()), CANCELLED),
            Mistake(lambda X: 0.5 * ((X[:, 1:] - X[:, :-1]).abs().mean() + down(X).abs().mean()),
                    ('red is compared with green, and green with blue.', 'Which axes of (1, 3, h, w) are places?')),
        )),
}
