"""Check: what to look at before asking for help. `python -m d2l_style check`, in a notebook `%run -m d2l_style check`.

One line a subject: ✓ or ✗, what was found, and what to do. Needs Python only, so it works where MXNet does not.
"""
import os
import platform
import re
import shutil
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from . import libraries
from .settings import left_out

PYTHONS = (3, 10), (3, 14)
OPEN, TEST = ('start.cmd', 'start.cmd test') if sys.platform == 'win32' else ('"make lab"', '"make test"')
MEMORY = 4e9  # bytes: JupyterLab, a browser and one kernel with the chapter's larger picture
LOCK = Path(__file__).resolve().parents[2] / 'requirements.txt'
IMPORTED = ('anywidget', 'distributed', 'imageio', 'ipywidgets', 'matplotlib', 'numpy', 'pandas', 'pillow', 'pooch',
            'scikit-image', 'scipy')


class Trouble(Exception):
    """Something that has to be mended: (what was found, what to do)."""


def main():
    """Print all lines. Exit status 1 where one that the notebooks need is a ✗; little memory is no reason.

    With `--system`, for `make`: the Debian packages of the libraries that the system lacks, nothing else.
    """
    if sys.argv[2:] == ['--system']:
        system()
        return
    needed = {'Python': python, 'settings': settings, 'libraries': system_libraries, 'packages': packages,
              'MXNet': mxnet, 'BLAS': blas, 'cores': cores, 'memory': memory, 'GPU': gpu, 'JupyterLab': jupyterlab}
    for_tests = {'tests: browser': browser, 'tests: fonts': fonts}
    good = [_line(name, look) or name == 'memory' for name, look in needed.items()]
    for name, look in for_tests.items():
        _line(name, look)
    if not all(good):
        sys.exit(1)


def system():
    """Print the Debian packages of what the system lacks. Exit status 1 where no wheel lends it."""
    missing = libraries.missing()
    print(*dict.fromkeys(libraries.NEEDED[name][0] for name in missing))
    alone = [name for name in missing if name not in libraries.LENDERS]
    if alone:
        sys.exit(f'This system lacks {", ".join(alone)}, which MXNet needs. {libraries.advice(alone)}')


def _line(name, look):
    """Print one line; returns whether it is a ✓."""
    try:
        found, mark = look(), '✓'
    except Trouble as trouble:
        found, mark = ': '.join(trouble.args), '✗'
    except Exception as error:  # whatever a broken installation raises: the other lines are still wanted
        reason = ' '.join(str(error).split())[:300]  # NumPy's would be a page
        found, mark = f'{type(error).__name__}: {reason}', '✗'
    print(f'{mark} {name:14s} {found}', flush=True)
    return mark == '✓'


def python():
    """Version, place and kind of machine; trouble where MXNet was not made for it."""
    found = f'{platform.python_version()} in {sys.prefix}, {platform.system()} on {platform.machine()}'
    if not PYTHONS[0] <= sys.version_info[:2]:
        raise Trouble(found, f'install Python 3.10 to 3.14, and run {OPEN} again')
    if sys.version_info[:2] > PYTHONS[1]:
        found += '; newer than all that was tried'
    if (sys.platform, platform.machine()) == ('darwin', 'arm64'):
        raise Trouble(found, 'MXNet has no wheel for Apple silicon: call `make clean` and `make lab`, which takes a '
                             'Python for Intel (docs/machines.md, "macOS")')
    if sys.platform == 'win32' and sysconfig.get_platform() != 'win-amd64':
        raise Trouble(found, 'MXNet has a wheel for 64-bit Windows on x86 only; start.cmd takes such a Python')
    if sys.platform not in ('linux', 'darwin', 'win32'):
        raise Trouble(found, 'MXNet was not made for it; use the container (README, "Your machine")')
    if sys.platform == 'linux' and platform.libc_ver()[0] != 'glibc':
        raise Trouble(found, 'MXNet needs a Linux with glibc, for example Debian; use the container')
    return found


def settings():
    """What the environment holds that changes what runs here."""
    found = []
    if left_out:
        found.append('left out: ' + ', '.join(f'{name}={value}' for name, value in left_out.items()))
    if os.environ.get('PYTHONPATH'):
        found.append(f'PYTHONPATH={os.environ["PYTHONPATH"]} comes before the packages of this environment: unset it '
                     'where one of them is missing or another version')
    found += [f'{name}={os.environ[name]} comes before the libraries of this environment and system: unset it where '
              'MXNet or NumPy does not load' for name in ('LD_LIBRARY_PATH', 'LD_PRELOAD') if os.environ.get(name)]
    if sys.flags.optimize:
        found.append('PYTHONOPTIMIZE: the asserts of the notebooks check nothing, so unset it')
    if platform.release().endswith('-Microsoft'):  # WSL 2 writes it small
        found.append('this is WSL 1, which is slow and not tried: in PowerShell, `wsl -l -v` shows its NAME, and '
                     '`wsl --set-version NAME 2` makes it WSL 2')
    return '; '.join(found) or 'nothing in the environment stands in the way'


def system_libraries():
    """What the system lacks of that which MXNet is linked with."""
    missing = libraries.missing()
    alone = [name for name in missing if not libraries.lent(name)]
    if alone:
        raise Trouble(f'{", ".join(alone)} missing', libraries.advice(alone))
    if missing:
        return f'{", ".join(missing)} missing on this system, taken from the wheels of ' + ', '.join(
            map(libraries.lender, missing))
    return 'all that MXNet needs of the system is there'


def packages():
    """Whether all that we import is here, in the versions of the lock."""
    missing, others = [], []
    locked = _locked()
    for name in (*IMPORTED, 'd2l'):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if locked and locked.get(name, version) != version:
            others.append(f'{name} {version} (locked: {locked[name]})')
    if missing:
        raise Trouble(f'{", ".join(missing)} missing', f'run {OPEN}, or what the README has for your machine')
    if others:
        return 'not the versions that were tested, which is fine if all works: ' + ', '.join(others)
    return 'as in requirements.txt' if locked else 'all there (there is no requirements.txt here to compare with)'


def _locked():
    """{name: version} of requirements.txt for this Python, or nothing where the project's folder is not at hand."""
    try:
        from packaging.requirements import Requirement
        lines = LOCK.read_text(encoding='utf-8').splitlines()
    except (ImportError, OSError):
        return {}
    pins = [Requirement(line) for line in lines if re.match(r'\w', line)]
    return {pin.name: str(pin.specifier).lstrip('=') for pin in pins if pin.marker is None or pin.marker.evaluate()}


def mxnet():
    """Whether MXNet loads, how, and whether it multiplies two matrices."""
    if not any(_installed(name) for name in ('mxnet', *libraries.FOR_CUDA)):
        raise Trouble('not installed', f'pip install --no-deps mxnet=={libraries.MXNET} d2l==1.0.3')
    lent = [name for name in libraries.missing() if libraries.lent(name)]  # afterwards they are there
    import mxnet
    from d2l import mxnet as d2l  # noqa: F401  has to be importable too
    from mxnet import nd
    if nd.dot(nd.ones((2, 3)), nd.ones((3, 2))).asnumpy().tolist() != [[3, 3], [3, 3]]:
        raise Trouble(f'{mxnet.__version__} computes wrong numbers', 'please report this, with all lines')
    ways = [f'with {", ".join(lent)} of other wheels' if lent else '',
            "with SciPy's OpenBLAS, as Arm's own is not in its wheel" if libraries.on_arm() else '',
            'with the names that NumPy had before version 2']
    return f'{mxnet.__version__} with NumPy {metadata.version("numpy")}; loaded ' + ', '.join(filter(None, ways))


def _installed(name):
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def blas():
    """For which processor OpenBLAS has its kernels, and whether this one could do better."""
    import mxnet  # noqa: F401  it chooses when it is loaded

    from . import blas
    openblas = blas.library()
    if openblas is None:
        return "not MXNet's OpenBLAS here: nothing to choose"
    core = blas.core(openblas)
    better = blas.better_core(core, blas.instructions())
    set_by_user = os.environ.get('OPENBLAS_CORETYPE')
    if better and set_by_user:
        raise Trouble(f"OpenBLAS's kernels for {core}, as OPENBLAS_CORETYPE={set_by_user} says",
                      'this processor has instructions for faster ones: unset OPENBLAS_CORETYPE')
    return f"OpenBLAS's kernels for {core}" + (f', set by OPENBLAS_CORETYPE={set_by_user}' if set_by_user else '')


def cores():
    """How many processors, and how many threads of MXNet."""
    from .threads import cores
    return f'{cores()} of {os.cpu_count()} processors, {os.environ.get("OMP_NUM_THREADS") or cores()} threads of MXNet'


def memory():
    """How much memory there is, and is free."""
    import psutil
    there = psutil.virtual_memory()
    found = f'{there.total / 1e9:.1f} GB, {there.available / 1e9:.1f} GB free'
    if there.total < MEMORY:
        raise Trouble(found, 'keep to the size 225×150, and close other notebooks')
    return found


def gpu():
    """Which GPU is used, or why none is."""
    from .device import Driver, survey
    if libraries.cuda_build():
        reason, number = survey()
        return reason or f'{number} used'
    try:
        gpus = Driver().gpus()
    except OSError:
        return 'none, computing on the CPU'
    return f'{", ".join(gpu.name for gpu in gpus) or "none"}; not used: MXNet for the CPU is installed (make lab GPU=1)'


def jupyterlab():
    """Whether server, kernel and widgets are one environment: else sliders do not appear."""
    if not _installed('jupyterlab'):
        return 'not in this environment: something else shows the notebooks'
    server, advice = _server_prefix(), f'start JupyterLab with {OPEN}, and choose the kernel "Python 3"'
    if server and server != Path(sys.prefix).resolve():
        raise Trouble(f'this kernel is of {sys.prefix}, JupyterLab of {server}', advice)
    extension = Path(sys.prefix, 'share', 'jupyter', 'labextensions', '@jupyter-widgets', 'jupyterlab-manager')
    if not extension.is_dir():
        raise Trouble('it has no part for widgets, so sliders do not appear', f'{sys.executable} -m pip install '
                      '--force-reinstall --no-deps jupyterlab_widgets, and start JupyterLab anew')
    from jupyter_client.kernelspec import KernelSpecManager
    kernel = KernelSpecManager().get_kernel_spec('python3')
    command = kernel.argv[0]
    # a plain "python" is the server's own
    if Path(command).is_absolute() and _prefix_of(command) != Path(sys.prefix).resolve():
        raise Trouble(f'its kernel "python3" is {command}, as {kernel.resource_dir} says',
                      f'take that folder away, and {sys.executable} -m ipykernel install --sys-prefix')
    return f'{metadata.version("jupyterlab")}, widgets and kernel in one environment'


def _server_prefix():
    """The environment of the Jupyter server that started this kernel, or None outside one."""
    parent = os.environ.get('JPY_PARENT_PID')
    if not parent:
        return None
    import psutil
    try:
        process = psutil.Process(int(parent))
        python = Path(process.cwd(), process.cmdline()[0])  # exe() is the Python behind all of them
    except (psutil.Error, IndexError):
        return None
    return _prefix_of(python) if python.is_file() else None


def _prefix_of(python):
    return Path(python).parent.parent.resolve()


def browser():
    """The browser that the tests drive."""
    names = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
    found = os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise Trouble('none', f'{TEST} leaves out what needs one; install Chromium for it')
    if sys.platform == 'linux' and not libraries.found('libatomic.so.1'):
        raise Trouble(f'{found}, without libatomic', '"make test" leaves it out; install libatomic1 for it')
    return found


def fonts():
    """A font, which a browser needs to show text in the tests."""
    from matplotlib import font_manager
    families = {Path(file).stem for file in font_manager.findSystemFonts()}
    if not families:
        raise Trouble('none on the system', 'install some, for example fonts-dejavu-core: browsers show boxes without')
    return f'{len(families)} on the system'
