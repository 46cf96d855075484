"""Results: where notebooks put what they make, from whichever folder they are run."""
import io
import os
from pathlib import Path, PurePath

from PIL import Image

from ..checks.writing import NotWrittenError, must_take_files, write_whole
from ..images import read_image

FORMATS = {'.png': 'PNG', '.jpg': 'JPEG', '.jpeg': 'JPEG', '.webp': 'WebP', '.tif': 'TIFF', '.tiff': 'TIFF'}
CHECKOUT = Path(__file__).resolve().parents[2]  # the project, unless the package is installed without it
ELSEWHERE = "mend that, or give another place by its path: save_picture(picture, '/tmp/picture.png')"


def results_folder(name='results'):
    """`build/NAME` in the project; made where it is missing.

    The project is the nearest folder, from the current one upwards, that has a folder `notebooks`; where there is none,
    the one that this package lies in; where that cannot be written to either, the current folder.

    Args:
        name: Of one folder, or of several with `/` between them.

    Returns:
        Its path.

    Raises:
        ValueError: For a name that leads out of `build`.
        NotWrittenError: For a folder that cannot be made or written to.
    """
    folder = _project() / 'build' / _below_build(name)
    must_take_files(folder, f"{ELSEWHERE}, or sweep('/tmp/sweep', ...)")
    return folder


def save_picture(picture, file):
    """Save a picture, whole or not at all; where that cannot be done, it is said why and what to do.

    Args:
        picture: What `postprocess` returns, or anything else that `read_image` takes.
        file: A name, for `results_folder()`, or a path with a folder; its ending says the format (.png, .jpg, .webp,
            .tif).

    Returns:
        Its path, or None where it cannot be written.

    Raises:
        ValueError: For another ending, and what `read_image` raises.
    """
    given = os.fspath(file)
    form = FORMATS.get(Path(given).suffix.lower())
    if form is None:
        raise ValueError(f'{given!r} has none of the endings {", ".join(FORMATS)}: give a name like picture.png')
    buffer = io.BytesIO()
    Image.fromarray(read_image(picture).asnumpy()).save(buffer, format=form)
    try:
        target = Path(given).expanduser() if Path(given).name != given else results_folder() / given
        write_whole(target, buffer.getvalue(), ELSEWHERE)
    except NotWrittenError as error:
        print(f'The picture is not saved, and still in its variable: {error}')
        return None
    return target


def _project():
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise NotWrittenError('the current folder is not there any more: go to another one, in a notebook with '
                              '%cd and its path') from None
    for folder in (here, *here.parents):
        if (folder / 'notebooks').is_dir():
            return folder
    return CHECKOUT if (CHECKOUT / 'notebooks').is_dir() and _takes_files(CHECKOUT / 'build') else here


def _takes_files(folder):
    try:
        must_take_files(folder, '')
    except NotWrittenError:
        return False
    return True


def _below_build(name):
    if isinstance(name, (str, PurePath)):
        path = PurePath(name)
        stays = path.parts and not path.anchor and path.parts[0] != '~' and '..' not in path.parts
        if stays and '\0' not in str(path):
            return path
    raise ValueError(f'results_folder makes folders inside build/, and {name!r} is none: give a name, for example '
                     "'results'. For another place give a path: save_picture(picture, '/tmp/picture.png')")
