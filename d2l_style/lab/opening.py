"""Opening: the Style Lab for a cell of a notebook, with limits where others use it."""
from dataclasses import replace

from ..checks.shapes import check_shape
from ..checks.training import as_weights
from ..images import fit_shape, read_image
from ..losses import Weights
from ..store.decode import MAX_PIXELS
from .cells import belongs_to_cell
from .digits import written
from .lab import StyleLab
from .picture_controls import catalogue
from .recipe import Settings, on_backbone
from .watch import APP

VISITORS = {'most_pixels': 450 * 300, 'most_bytes': 10_000_000, 'most_epochs': 500, 'words': APP}
OWNERS = {'most_pixels': MAX_PIXELS, 'most_bytes': 90_000_000, 'most_epochs': 100_000}


def style_lab(content='mountain_lake', style='painted_hills', backbone='vgg19_slim', image_shape=(225, 150), *,
              weights=None, visitors=False):
    """The Style Lab, to be displayed in a notebook.

    Running a cell again ends the labs that it had made before; where the front end does not say which cell runs
    (JupyterLab does), labs of all earlier cells.

    Args:
        content: A name in `CATALOGUE`, or a path.
        style: A name in `CATALOGUE`, or a path.
        backbone: Its name.
        image_shape: (width, height) that the content image is fitted into, in pixels.
        weights: Those it begins with, (content, style, TV) or `Weights`.
        visitors: For a page that others use: at most 450 × 300 pixels, 10 MB for an upload, and 500 epochs.

    Returns:
        A `StyleLab`.

    Raises:
        ValueError: For an unknown backbone or size; for pictures what `read_image` raises.
    """
    limits, pictures = VISITORS if visitors else OWNERS, catalogue()
    for name in (content, style):
        if name not in pictures:
            pictures[name] = read_image(name)
    width, height = fit_shape(pictures[content], check_shape(image_shape))
    if width * height > limits['most_pixels']:
        raise ValueError(f'image_shape gives {width}×{height}: at most {written(limits["most_pixels"])} pixels '
                         'are allowed here')
    settings = on_backbone(Settings(content, style, (width, height)), backbone)
    weights = replace(as_weights(weights, Weights))
    weights.style_layers(len(settings.style_layers))  # as many factors as layers
    lab = StyleLab(replace(settings, weights=weights), pictures, **limits)
    belongs_to_cell(lab, kind='style lab')
    lab.worker.wait(timeout=10)  # for the start picture, so that the cell ends with a lab that is complete
    return lab
