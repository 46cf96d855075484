"""Zoo: the files of Gluon's model zoo, downloaded as a zip, known by their SHA-1."""
import hashlib
import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from mxnet.gluon.model_zoo import model_store

from .copies import Facts
from .download import download
from .errors import DownloadError, WeightsError
from .folders import cache_folder, make_folder, megabytes, need_space, shared_folder, whole, zoo_folder
from .formats import BROKEN, Arrays, Shapes, pick
from .registry import PublishedWeights

CHUNK = 1 << 20
GONE = ('Should the zoo, of a retired project, be gone for good: set MXNET_GLUON_REPO to a mirror, bring the file from '
        'elsewhere (python -m d2l_style weights import FILE), or take vgg19_torchvision, which has other weights and '
        'losses (profile book_torchvision)')
SPARE = 1.05  # a zip may be a little larger than what is in it


def zoo_file(weights: PublishedWeights) -> Path | None:
    """The published file of `weights` where it lies on this machine, with the right hash, or None.

    Raises `WeightsError` for a file of that name with another hash: it is never taken, nor passed over.
    """
    for folder in (shared_folder(), zoo_folder()):
        file = folder and folder / weights.file
        if file and file.is_file():
            if sha1(file) == weights.sha1:
                return file
            raise WeightsError(f'{file} is damaged or holds something else (its SHA-1 is not {weights.sha1}): '
                               'delete it and fetch it again')
    return None


def read_zoo(name: str, weights: PublishedWeights, file: Path, shapes: Shapes) -> tuple[Arrays, Facts]:
    """Arrays and `Facts` out of the published file `file`, whose hash was checked."""
    facts = Facts(name, name, weights.source, f'SHA-1 {weights.sha1}', weights.licence)
    return pick(file, shapes), facts


def fetch_zoo(name: str, weights: PublishedWeights, describe: str) -> Path:
    """Download the published file of `weights` into MXNet's model folder; its path. Raises `DownloadError`."""
    incoming = make_folder(cache_folder() / 'incoming' / name)
    target = make_folder(zoo_folder(), 'set MXNET_HOME to a folder that you may write to') / weights.file
    need_space(incoming, 2 * weights.size)  # the zip, and what is in it, if both are on one disk
    need_space(target.parent, weights.size)
    try:
        archive = download(zoo_url(weights), incoming / f'{target.stem}.zip', limit=int(weights.size * SPARE),
                           describe=describe)
    except DownloadError as error:
        raise DownloadError(f'{error}. {GONE}') from None
    try:
        unzip(archive, weights, target)
    finally:
        shutil.rmtree(incoming)
    return target


def zoo_url(weights: PublishedWeights) -> str:
    """Where the zip is: `MXNET_GLUON_REPO` names another server, as for MXNet itself."""
    server = os.environ.get('MXNET_GLUON_REPO') or model_store.apache_repo_url
    return f'{server.rstrip("/")}/gluon/models/{Path(weights.file).stem}.zip'


def unzip(archive: Path, weights: PublishedWeights, target: Path) -> None:
    """The one file of `archive` that was asked for, checked, as `target`; `DownloadError` for anything odd."""
    try:
        with zipfile.ZipFile(archive) as opened:
            member = _member(opened, archive, weights)
            with opened.open(member) as source, whole(target) as new:
                _copy(source, new, archive, weights)
    except DownloadError:
        raise
    except BROKEN as error:
        raise DownloadError(f'{archive} is no zip, or cannot be unpacked ({error}): fetch it again') from None


def _member(opened, archive, weights):
    for name in opened.namelist():
        if name.startswith(('/', '\\')) or '..' in PurePosixPath(name.replace('\\', '/')).parts or ':' in name:
            raise DownloadError(f'{archive} wants to write outside its folder ({name!r}): it was made to do harm, and '
                                'is not unpacked')
    if weights.file not in opened.namelist():
        raise DownloadError(f'{archive} holds no {weights.file}: it is not what was published')
    return opened.getinfo(weights.file)


def _copy(source, new, archive, weights):
    sha, size = hashlib.sha1(), 0
    with open(new, 'wb') as file:
        for chunk in iter(lambda: source.read(CHUNK), b''):
            size += len(chunk)
            if size > weights.size * SPARE:
                raise DownloadError(f'{archive} swells to more than {megabytes(weights.size)}: it is not what was '
                                    'published, and nothing of it was kept')
            sha.update(chunk)
            file.write(chunk)
    if sha.hexdigest() != weights.sha1:
        raise DownloadError(f'{weights.file} is not what was published (its SHA-1 is {sha.hexdigest()}, not '
                            f'{weights.sha1}): nothing of it was kept; fetch it again, or try another network')


def sha1(file: Path) -> str:
    """SHA-1 of a file, in hexadecimal digits."""
    sha = hashlib.sha1()
    with open(file, 'rb') as opened:
        for chunk in iter(lambda: opened.read(CHUNK), b''):
            sha.update(chunk)
    return sha.hexdigest()
