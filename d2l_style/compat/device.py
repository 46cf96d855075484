"""Device: the one place that decides whether to compute on a GPU or on the CPU.

MXNet counts every GPU that the driver shows, also those that it has no code for, and fails in the middle of
the first operation. So the driver is asked first. Whatever uses `d2l.try_gpu()` ends up here (`loading`).
"""
import ctypes
import sys
from dataclasses import dataclass

from .libraries import DRIVER, cuda_build
from .no_driver import STUB

CAPABILITIES = range(5, 9)  # of the kernels in mxnet-cu112 1.9.1, by their first number; there is no PTX for others
BYTES = 80  # a pixel and channel of the first layer: all layers of a VGG, and their gradients, as float32
OVERHEAD = 0.8e9  # bytes: CUDA itself, cuDNN's workspace, a network's weights
LARGEST = (450, 300), 64  # what a GPU has to hold: the chapter's second picture with VGG-19
_told = set()


@dataclass(frozen=True)
class Gpu:
    """A GPU as the driver describes it. `capability`: NVIDIA's compute capability, (major, minor)."""

    name: str
    capability: tuple


class Driver:
    """NVIDIA's driver, by its own interface, which comes with it (CUDA driver API)."""

    MAJOR, MINOR = 75, 76  # `CUdevice_attribute`: the compute capability

    def __init__(self):
        self.library = ctypes.CDLL(DRIVER)

    def gpus(self):
        """The `Gpu`s that this process may use, in the order in which MXNet counts them.

        Raises `OSError` where the library is the one that stands in for a driver.
        """
        number = ctypes.c_int()
        answer = self.library.cuInit(0)
        if answer == STUB:
            raise OSError(f'{DRIVER} is not on this machine')
        if answer or self.library.cuDeviceGetCount(ctypes.byref(number)):
            return []
        return [self._gpu(i) for i in range(number.value)]

    def _gpu(self, i):
        name, major, minor = ctypes.create_string_buffer(100), ctypes.c_int(), ctypes.c_int()
        self.library.cuDeviceGetName(name, len(name), i)
        self.library.cuDeviceGetAttribute(ctypes.byref(major), self.MAJOR, i)
        self.library.cuDeviceGetAttribute(ctypes.byref(minor), self.MINOR, i)
        return Gpu(name.value.decode(), (major.value, minor.value))


def free_memory(i):
    """Bytes that GPU `i` has free. Raises `RuntimeError` where it does not answer."""
    import mxnet
    try:
        return mxnet.context.gpu_memory_info(i)[0]
    except mxnet.MXNetError as error:
        raise RuntimeError(str(error).strip().splitlines()[-1]) from None


def usable_gpus():
    """Number of GPUs that MXNet can compute on, which are those before the first one that it can't.

    What keeps a GPU from being used is told on stderr, one sentence, once.
    """
    reason, number = survey()
    if reason and reason not in _told:
        _told.add(reason)
        print(reason, file=sys.stderr)
    return number


def survey():
    """(sentence about the first GPU that is not used, or '', number of GPUs that are)."""
    if not cuda_build():
        return '', 0
    try:
        gpus = Driver().gpus()
    except OSError:
        return 'There is no NVIDIA driver on this machine: computing on the CPU.', 0
    if not gpus:
        return "NVIDIA's driver shows no GPU to this process: computing on the CPU.", 0
    for i, gpu in enumerate(gpus):
        reason = why_not(gpu, i)
        if reason:
            return reason, i
    return '', len(gpus)


def why_not(gpu, i=0):
    """One sentence on why MXNet can't compute on `gpu`, number `i`, or ''."""
    major, minor = gpu.capability
    where = 'computing on the CPU' if i == 0 else 'computing without it'
    if major not in CAPABILITIES:
        return (f'{gpu.name} has compute capability {major}.{minor}, and MXNet 1.9.1 has code for '
                f'{CAPABILITIES[0]}.0 to {CAPABILITIES[-1]}.9 only: {where}.')
    try:
        free = free_memory(i)
    except RuntimeError as error:
        return f'{gpu.name} does not answer ({error}): {where}.'
    if free < memory_needed(*LARGEST):
        fitting = largest_shape(*LARGEST, free)
        return (f'{gpu.name} has {free / 1e9:.1f} GB free, and the chapter needs {memory_needed(*LARGEST) / 1e9:.1f} '
                f'GB: {where}. ' + (f'Pictures of {fitting[0]}×{fitting[1]} would fit: mxnet.gpu({i}) in place of '
                                    'd2l.try_gpu().' if fitting else 'No picture would fit.'))
    return ''


def memory_needed(image_shape, channels):
    """Bytes for training a picture of `image_shape` (width, height) with `channels` in the network's first layer."""
    width, height = image_shape
    return BYTES * width * height * channels + OVERHEAD


def largest_shape(image_shape, channels, free):
    """The largest (width, height) of the proportions of `image_shape` that fits into `free` bytes, or None."""
    width, height = image_shape
    scale = max(0, (free - OVERHEAD) / (BYTES * width * height * channels)) ** 0.5
    shape = tuple(int(side * min(scale, 1)) for side in image_shape)
    return shape if min(shape) >= 16 else None


def room(ctx):
    """How many pixels × channels of the first layer can be trained on `ctx`; without end on the CPU."""
    return (free_memory(ctx.device_id) - OVERHEAD) / BYTES if ctx.device_type == 'gpu' else float('inf')


def check_memory(ctx, image_shape, channels):
    """Raise `ValueError` where `ctx` is a GPU without room for a picture; the message has a size that fits."""
    width, height = image_shape
    if width * height * channels <= room(ctx):
        return
    free = free_memory(ctx.device_id)
    fitting = largest_shape(image_shape, channels, free)
    advice = f'{fitting[0]}×{fitting[1]} fits, or take' if fitting else 'take'
    raise ValueError(f'{width}×{height} pixels need about {memory_needed(image_shape, channels) / 1e9:.1f} GB, and '
                     f'GPU {ctx.device_id} has {free / 1e9:.1f} GB free: {advice} the CPU')
