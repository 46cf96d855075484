"""No driver: MXNet for GPUs on a machine without one.

The wheel of `mxnet-cu112` is linked with NVIDIA's driver and does not even load where there is none. A
library of the driver's name, whose functions answer that there is no device, lets it compute on the CPU. There
may be no compiler, so the library is put together here: headers, tables of names, and two instructions a
function (System V ABI, "Object Files" and "Dynamic Linking"; x86-64 only, as is the wheel).
"""
import struct

NO_DEVICE, STUB = 100, 34  # CUDA driver API, `CUresult`: there is no GPU; this library is not the driver
FUNCTIONS = ('cuDeviceGet', 'cuGetErrorString', 'cuModuleLoadData', 'cuModuleLoadDataEx', 'cuLaunchKernel',
             'cuModuleGetFunction', 'cuModuleUnload', 'cuDevicePrimaryCtxRetain', 'cuGraphKernelNodeGetParams',
             'cuGraphNodeGetType', 'cuInit')
CODE = struct.Struct('<BIBxx')  # mov eax, ANSWER; ret
PAGE = 0x1000
HEADER, PROGRAM_HEADER, SYMBOL = 64, 56, 24  # bytes
LOAD, DYNAMIC, STACK, READ, WRITE, EXECUTE = 1, 2, 0x6474e551, 4, 2, 1
PROGRAM_HEADERS = 4


def write_stand_in(file, soname='libcuda.so.1'):
    """Write the library to `file` and return it."""
    file.write_bytes(stand_in(soname))
    return file


def stand_in(soname):
    """The bytes of a shared library called `soname`: its `FUNCTIONS` return `NO_DEVICE`, and `cuInit` `STUB`."""
    names = [soname, *FUNCTIONS]
    strings = b'\0' + b''.join(name.encode() + b'\0' for name in names)
    places = {name: strings.index(b'\0' + name.encode() + b'\0') + 1 for name in names}
    count = len(FUNCTIONS) + 1  # the first symbol is empty
    # one bucket that holds all of them in a row
    hashes = struct.pack(f'<{3 + count}I', 1, count, 1, 0, *range(2, count), 0)
    tables = HEADER + PROGRAM_HEADERS * PROGRAM_HEADER
    symbols = tables + len(hashes) + -len(hashes) % 8
    text = symbols + SYMBOL * count
    code = text + len(strings)
    function = struct.Struct('<IBBHQQ')  # name, global function, visibility, section, address, size
    entries = function.pack(0, 0, 0, 0, 0, 0) + b''.join(
        function.pack(places[name], 0x12, 0, 1, code + i * CODE.size, CODE.size) for i, name in enumerate(FUNCTIONS))
    dynamic = b''.join(struct.pack('<QQ', tag, value) for tag, value in (
        (14, places[soname]), (4, tables), (5, text), (6, symbols), (10, len(strings)), (11, SYMBOL), (0, 0)))
    answers = b''.join(CODE.pack(0xb8, STUB if name == 'cuInit' else NO_DEVICE, 0xc3) for name in FUNCTIONS)
    body = hashes + bytes(-len(hashes) % 8) + entries + strings + answers
    end = tables + len(body)
    header = struct.pack('<4s5B7xHHIQQQIHHHHHH', b'\x7fELF', 2, 1, 1, 0, 0, 3, 62, 1, 0, HEADER, 0, 0, HEADER,
                         PROGRAM_HEADER, PROGRAM_HEADERS, 64, 0, 0)
    program = b''.join(struct.pack('<IIQQQQQQ', kind, flags, offset, offset, offset, size, size, align)
                       for kind, flags, offset, size, align in (
                           (LOAD, READ | EXECUTE, 0, end, PAGE),
                           (LOAD, READ | WRITE, PAGE, len(dynamic), PAGE),
                           (DYNAMIC, READ | WRITE, PAGE, len(dynamic), 8),
                           (STACK, READ | WRITE, 0, 0, 16)))  # else it asks for one with code, which is refused
    return (header + program + body).ljust(PAGE, b'\0') + dynamic
