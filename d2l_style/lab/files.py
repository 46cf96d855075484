"""Files: a picture with its settings inside, a film of the run, and a link to save them."""
import base64
import io

import imageio.v3 as imageio
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from .digits import written
from .pixels import at_most
from .recipe import from_text, to_text

KEY = 'd2l_style lab'  # of the text chunk in a PNG
FRAMES = 60  # of a film: five seconds
FILM_SIDE = 450  # pixels, of its longer side
FRAMES_PER_SECOND = 12


def png_with_settings(picture, parts):
    """PNG bytes of a picture, `uint8` (h, w, 3), with the recipe (a tuple of `Part`) as a text inside."""
    info, buffer = PngInfo(), io.BytesIO()
    info.add_itxt(KEY, to_text(parts))
    Image.fromarray(picture).save(buffer, format='png', pnginfo=info)
    return buffer.getvalue()


def settings_in_png(content):
    """The recipe in the bytes of a PNG; `ValueError` if there is none."""
    try:
        text = Image.open(io.BytesIO(content)).text[KEY]
    except (OSError, SyntaxError, ValueError, AttributeError, KeyError):
        raise ValueError('this file has no settings of the Style Lab inside: take a PNG that it has saved, '
                         'not one that another program has saved again') from None
    return from_text(text)


class Film:
    """Pictures of a run, at most `FRAMES`: when there are more, every second one goes."""

    def __init__(self):
        self.clear()

    def clear(self):
        """Begin a new film."""
        self.frames, self.every = [], 1

    def wants(self, epoch):
        """Whether the picture after `epoch` epochs belongs into the film."""
        return epoch % self.every == 0

    def add(self, picture):
        """Add a picture, `uint8` (h, w, 3); one of another size begins a new film."""
        small = at_most(picture, FILM_SIDE)
        if self.frames and self.frames[0].shape != small.shape:
            self.clear()
        self.frames.append(small)
        if len(self.frames) > FRAMES:
            self.frames, self.every = self.frames[::2], 2 * self.every

    def encode(self, kind):
        """The film as bytes; `kind`: 'gif' or 'mp4'. `ValueError` if there are no two pictures yet."""
        if len(self.frames) < 2:
            raise ValueError('a film needs at least two epochs: press Run first')
        frames = np.stack([*self.frames, *self.frames[-1:] * FRAMES_PER_SECOND])  # a second on the last one
        if kind == 'gif':
            return imageio.imwrite('<bytes>', frames, extension='.gif', duration=1000 / FRAMES_PER_SECOND, loop=0)
        even = frames[:, :frames.shape[1] // 2 * 2, :frames.shape[2] // 2 * 2]  # the codec takes no odd sides
        return imageio.imwrite('<bytes>', even, extension='.mp4', plugin='FFMPEG', fps=FRAMES_PER_SECOND,
                               macro_block_size=2, quality=8)


def download_link(name, content, media):
    """HTML of a link that saves `content` (bytes) as `name` where the browser is."""
    data = base64.b64encode(content).decode()
    return (f'<a class="d2l-download" download="{name}" href="data:{media};base64,{data}">Download {name}</a> '
            f'({written(round(len(content) / 1000))} kB)')
