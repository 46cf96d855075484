"""Homes for tests: each empty, none in /tmp, and never the person's own, in which nothing may be left."""
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEAD_OUT = ('IPYTHONDIR', 'JUPYTER', 'XDG_', 'DASK_')  # variables that begin so name folders outside a home
PLACES = ('.{}', '.cache/{}', '.config/{}', '.local/share/{}', '.local/state/{}', 'Library/*/{}')
OURS = ('d2l*', 'dask', 'fontconfig', 'huggingface', 'imageio', 'ipython', 'jupyter*', 'matplotlib', 'mxnet',
        'nbgrader', 'playwright', 'pooch', 'scikit-image', 'voila')  # what our programs make there


def left_in(home):
    """What programs of ours have made in the folder `home`: names only, since others' programs write there too."""
    found = (file for place in PLACES for name in OURS for file in home.glob(place.format(name)))
    return {file.relative_to(home).as_posix() for file in found}


def move_in():
    """Give this process a new home, which is returned; processes that it starts share what Matplotlib knows of fonts,
    which takes it seconds to find out."""
    folder = ROOT / 'build' / 'homes'
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(dir=folder))
    for name in [name for name in os.environ if name.startswith(LEAD_OUT)]:
        del os.environ[name]
    if not Path(os.environ.get('MPLCONFIGDIR', '')).is_relative_to(folder):
        os.environ['MPLCONFIGDIR'] = str(home / 'fonts')
    os.environ.update(HOME=str(home), USERPROFILE=str(home))
    return home


@contextlib.contextmanager
def empty():
    """A new home, until the end of the `with`."""
    home = tempfile.mkdtemp(dir=ROOT / 'build' / 'homes')
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
