from d2l_style.compat import device

import mxnet as mx
import pytest
from d2l import mxnet as d2l

GB = 1e9
T4 = ('Tesla T4', (7, 5))


class DriverStandIn:
    """What `ctypes.CDLL('libcuda.so.1')` is used for: a driver with `gpus`, (name, capability) each."""

    def __init__(self, *gpus, init=0):
        self.gpus, self.init = gpus, init

    def cuInit(self, flags):
        return self.init

    def cuDeviceGetCount(self, number):
        number._obj.value = len(self.gpus)
        return 0

    def cuDeviceGetName(self, name, length, i):
        name.value = self.gpus[i][0].encode()

    def cuDeviceGetAttribute(self, value, attribute, i):
        value._obj.value = self.gpus[i][1][attribute - 75]


@pytest.fixture
def machine(monkeypatch):
    """A function that makes this machine one with a driver and GPUs, as far as `device` sees."""
    def make(driver=None, free=16 * GB, build='mxnet-cu112'):
        def load(name):
            if driver is None:
                raise OSError(f'{name}: cannot open shared object file')
            return driver
        monkeypatch.setattr(device, '_told', set())
        monkeypatch.setattr(device, 'cuda_build', lambda: build)
        monkeypatch.setattr(device.ctypes, 'CDLL', load)
        monkeypatch.setattr(mx.context, 'gpu_memory_info', free if callable(free) else lambda i: (free, 16 * GB))
    return make


def test_a_gpu_that_mxnet_covers_is_used(machine, capsys):
    machine(DriverStandIn(T4))
    assert d2l.try_gpu() == mx.gpu(0)
    assert d2l.try_all_gpus() == [mx.gpu(0)]
    assert capsys.readouterr().err == ''


def test_the_build_for_the_cpu_computes_on_it_without_a_word(machine, capsys):
    machine(DriverStandIn(T4), build=None)
    assert d2l.try_gpu() == mx.cpu()
    assert capsys.readouterr().err == ''


@pytest.mark.parametrize(('driver', 'sentence'), [
    (None, 'There is no NVIDIA driver on this machine: computing on the CPU.'),
    (DriverStandIn(T4, init=34), 'There is no NVIDIA driver on this machine: computing on the CPU.'),
    (DriverStandIn(T4, init=100), "NVIDIA's driver shows no GPU to this process: computing on the CPU."),
    (DriverStandIn(), "NVIDIA's driver shows no GPU to this process: computing on the CPU."),
    (DriverStandIn(('NVIDIA H100', (9, 0))), 'NVIDIA H100 has compute capability 9.0, and MXNet 1.9.1 has code for 5.0 '
                                             'to 8.9 only: computing on the CPU.'),
    (DriverStandIn(('RTX 5090', (12, 0))), 'RTX 5090 has compute capability 12.0, and MXNet 1.9.1 has code for 5.0 to '
                                           '8.9 only: computing on the CPU.'),
    (DriverStandIn(('Tesla K80', (3, 7))), 'Tesla K80 has compute capability 3.7, and MXNet 1.9.1 has code for 5.0 to '
                                           '8.9 only: computing on the CPU.')])
def test_what_cannot_be_used_is_one_sentence_and_the_cpu(machine, capsys, driver, sentence):
    machine(driver)
    assert d2l.try_gpu() == mx.cpu()
    assert d2l.try_gpu() == mx.cpu()
    assert capsys.readouterr().err == sentence + '\n'  # once


@pytest.mark.parametrize('capability', [(5, 0), (5, 2), (6, 1), (7, 0), (7, 5), (8, 0), (8, 6), (8, 9)])
def test_every_generation_that_has_code_is_used(machine, capability):
    machine(DriverStandIn(('some GPU', capability)))
    assert d2l.try_gpu() == mx.gpu(0)


def test_a_gpu_without_memory_is_one_sentence_with_the_size_that_fits(machine, capsys):
    machine(DriverStandIn(T4), free=1 * GB)
    assert d2l.try_gpu() == mx.cpu()
    assert capsys.readouterr().err == (
        'Tesla T4 has 1.0 GB free, and the chapter needs 1.5 GB: computing on the CPU. Pictures of 242×161 would fit: '
        'mxnet.gpu(0) in place of d2l.try_gpu().\n')
    machine(DriverStandIn(T4), free=0.5 * GB)
    assert d2l.try_gpu() == mx.cpu()
    assert 'No picture would fit.' in capsys.readouterr().err


def test_a_gpu_that_does_not_answer_is_one_sentence(machine, capsys):
    def broken(i):
        raise mx.MXNetError('Traceback ...\ncudaErrorDevicesUnavailable')
    machine(DriverStandIn(T4), free=broken)
    assert d2l.try_gpu() == mx.cpu()
    assert capsys.readouterr().err == 'Tesla T4 does not answer (cudaErrorDevicesUnavailable): computing on the CPU.\n'


def test_a_second_gpu_that_is_not_covered_leaves_the_first_one(machine, capsys):
    machine(DriverStandIn(T4, ('NVIDIA H100', (9, 0))))
    assert d2l.try_gpu() == mx.gpu(0)
    assert d2l.try_gpu(1) == mx.cpu()
    assert d2l.try_all_gpus() == [mx.gpu(0)]
    assert 'computing without it' in capsys.readouterr().err


def test_a_picture_too_large_for_the_gpu_is_refused_with_the_size_that_fits(machine):
    machine(DriverStandIn(T4), free=2 * GB)
    device.check_memory(mx.gpu(0), (450, 300), 64)
    device.check_memory(mx.cpu(), (9000, 6000), 64)
    with pytest.raises(ValueError, match=r'1200×800 pixels need about 5.7 GB, and GPU 0 has 2.0 GB free: \d+×\d+ fits'):
        device.check_memory(mx.gpu(0), (1200, 800), 64)
    fitting = device.largest_shape((1200, 800), 64, 2 * GB)
    assert fitting[0] / fitting[1] == pytest.approx(1.5, rel=0.01)
    assert 0.99 * 2 * GB < device.memory_needed(fitting, 64) <= 2 * GB


def test_fast_mode_cuts_what_does_not_fit_on_the_gpu():
    assert device.room(mx.cpu()) == float('inf')
