"""Sources: a picture out of what people paste: a name, a path, an address, or a URI that holds the picture itself."""
import base64
import os
import re
from urllib.parse import unquote_to_bytes

from PIL import Image

from .catalogue import local_picture, unquoted
from .decode import decode
from .errors import shown
from .pictures import is_remote, picture_file


def read_source(source: str | os.PathLike) -> Image.Image:
    """The RGB picture that something stands for.

    Args:
        source: A name in `CATALOGUE` or of a published picture, a path (`~`, quotes around it, and file: addresses
            too), an http(s) address, or a data: URI.

    Returns:
        A PIL image in RGB.

    Raises:
        FileNotFoundError: For a missing file; its `DownloadError` for one that does not come.
        ValueError: For what is no picture, as `read_image`.
    """
    if isinstance(source, str):
        text = unquoted(source)
        if text[:5].lower() == 'data:':
            return decode(_held_by(text), 'the data: URI')
        if is_remote(text):
            return decode(picture_file(text, check=lambda file: decode(file, shown(text))), shown(text))
    return decode(local_picture(source), shown(source))


def _held_by(uri):
    """The bytes in a data: URI, RFC 2397; spaces and line breaks, which mail and editors add, are passed over."""
    head, comma, data = uri.partition(',')
    if not comma:
        raise ValueError('the data: URI holds no picture, as it has no comma: copy all of it')
    content = unquote_to_bytes(data)
    if not re.search(r';\s*base64\s*$', head, re.IGNORECASE):
        return content
    letters = b''.join(content.split()).rstrip(b'=').translate(bytes.maketrans(b'-_', b'+/'))
    try:
        return base64.b64decode(letters + b'=' * (-len(letters) % 4), validate=True)
    except ValueError:
        raise ValueError('the data: URI is damaged or cut short (its text is no base64): copy all of it, or save '
                         'the picture as a file') from None
