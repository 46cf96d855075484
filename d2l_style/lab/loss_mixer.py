"""Loss mixer: two pictures mixed by hand, and what every loss says to it. Chapter, "Define the Loss Function"."""
import numpy as np
from matplotlib.figure import Figure
from mxnet import nd

from ..fast.compiled import TransferLoss
from ..features import extract_features
from ..images import postprocess
from ..losses import Weights, gram
from . import parts as widgets
from .cells import belongs_to_cell
from .digits import shares, short, written
from .drawing import Drawing
from .panel import Panel
from .sliders import Pair, even_places, weight_sliders
from .transfer import NOTHING_COUNTS, nothing_counts


def mix_losses(content_X, style_X, net):
    """Mix two pictures by hand and watch every loss of the mixture move.

    Sliders for the mixture, for noise and for the three weights; one bar for each layer's weighted loss.

    Args:
        content_X: Network input, (1, 3, h, w).
        style_X: Network input of the same shape.
        net: A `FeatureNet`.

    Returns:
        A `Panel` to display; running the cell again closes the one that it had made before.
    """
    contents_Y, _ = extract_features(content_X, net)
    compute_losses = TransferLoss(net, contents_Y, [gram(Y) for Y in extract_features(style_X, net)[1]])
    weights = Weights()
    share = Pair('style share', 0, even_places(1, 0.05), 0, 1)
    noise = Pair('noise', 0, even_places(0.3, 0.01), 0, 1)
    sliders = weight_sliders(weights)
    view, read_out = widgets.Image(format='png'), widgets.HTML()
    losses_png = losses_figure(postprocess(content_X).asnumpy(), net)

    def draw(_=None):
        for name, slider in sliders.items():
            setattr(weights, name, slider.value)
        X = mix(content_X, style_X, share.value, noise.value)
        losses = compute_losses(X, weights)[1].asnumpy()
        content, style = (part.sum() for part in np.split(losses[:-1], [len(net.content_layers)]))
        parts = [round(float(part), 6) for part in (content, style, losses[-1])]  # 0 but for rounding is 0
        for slider, part, share_of in zip(sliders.values(), parts, shares(parts)):
            slider.tell(f'weighted loss {short(part)}, {share_of}% of the sum')
        view.value = losses_png(postprocess(X).asnumpy(), losses)
        read_out.value = NOTHING_COUNTS if nothing_counts(weights) else \
            'content loss {} + style loss {} + TV loss {} = <b>{}</b>'.format(*map(short, (*parts, sum(parts))))

    for control in (share, noise, *sliders.values()):
        control.observe(draw, 'value')
    draw()
    compute_losses.hybridize()  # from now on it takes memory only while it computes: a press is no training
    columns = [widgets.VBox(column, layout={'flex': '1 1 22em', 'margin': '0 1.5em 0 0'})
               for column in ([share, noise], list(sliders.values()))]
    controls = widgets.HBox(columns, layout={'flex_flow': 'row wrap', 'width': '100%', 'max_width': '60em'})
    shown = widgets.VBox([view, read_out])
    shown.add_class('d2l-view')
    panel = Panel([controls, shown], view.value,
                  'Loss mixer: run the notebook to mix the pictures and to change the weights.')
    belongs_to_cell(panel)
    return panel


def mix(content_X, style_X, share, noise):
    """`share` (0..1) of the style picture over the content picture, with Gaussian `noise` in pixel units 0..1."""
    X = (1 - share) * content_X + share * style_X
    grain = np.random.RandomState(0).normal(0, noise, X.shape) if noise else 0  # the same grain at every move
    return X + nd.array(np.broadcast_to(grain, X.shape) / 0.226, ctx=X.context)  # 0.226: mean of rgb_std


def losses_figure(picture, net):
    """A function that draws a picture, `uint8` (h, w, 3), and a bar for each weighted loss, of content, style and TV.

    It takes both and returns PNG bytes. `picture`: one of that size.
    """
    figure = Figure(figsize=(8.5, 2.9), layout='constrained')
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
    shown = left.imshow(picture)
    left.axis('off')
    names = [*(f'content {net.names[i]}' for i in net.content_layers),
             *(f'style {net.names[i]}' for i in net.style_layers), 'TV']
    colours = ['tab:blue'] * len(net.content_layers) + ['tab:orange'] * len(net.style_layers) + ['tab:gray']
    bars = right.barh(names, 1, color=colours)
    right.invert_yaxis()
    right.set(xscale='log', xlim=(1e-3, 1e4), xlabel='weighted loss (log scale)', xticks=np.geomspace(1e-3, 1e4, 8))
    right.xaxis.set_major_formatter(lambda loss, _: written(loss))
    drawing = Drawing(figure, [shown, *bars])

    def draw(picture, losses):
        shown.set_data(picture)
        for bar, loss in zip(bars, losses):
            bar.set_width(loss)
        return drawing.png()

    return draw
