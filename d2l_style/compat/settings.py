"""Settings: what the environment tells OpenMP, MXNet and matplotlib, put right before they read it.

At a value that they can't read, and at some that they can, they end the process, wait for ever, or raise an error in
their own words. Here it is left out, so that the default holds, and one sentence says so. Each name stands for what was
seen with MXNet 1.9.1 and its libgomp.
"""
import importlib.util
import os
import re
import sys
import tempfile
from pathlib import Path

OURS = ('OMP_', 'GOMP_', 'MXNET_', 'OPENBLAS_', 'DMLC_', 'MPLBACKEND')
LARGEST = 2 ** 31 - 1  # what MXNet reads is of C's type int
THREADS = max(64, 4 * (os.cpu_count() or 1))  # thousands of them end the process
# {name: (least, most)}: with 0 some wait for ever, and some divide by it
NUMBERS = {
    **dict.fromkeys((
        'OMP_NUM_THREADS', 'MXNET_OMP_MAX_THREADS', 'MXNET_CPU_WORKER_NTHREADS', 'MXNET_CPU_PRIORITY_NTHREADS',
        'MXNET_MP_WORKER_NTHREADS', 'MXNET_GPU_WORKER_NTHREADS', 'MXNET_GPU_COPY_NTHREADS', 'MXNET_CPU_TEMP_COPY',
        'MXNET_GPU_TEMP_COPY', 'MXNET_CPU_PARALLEL_RAND_COPY', 'MXNET_GPU_PARALLEL_RAND_COPY'), (1, THREADS)),
    **dict.fromkeys((
        'MXNET_EXEC_BULK_EXEC_MAX_NODE_TRAIN', 'MXNET_EXEC_BULK_EXEC_MAX_NODE_TRAIN_FWD',
        'MXNET_EXEC_BULK_EXEC_MAX_NODE_TRAIN_BWD', 'MXNET_EXEC_INPLACE_GRAD_SUM_CAP', 'MXNET_CPU_PARALLEL_SIZE',
        'MXNET_KVSTORE_BIGARRAY_BOUND', 'MXNET_KVSTORE_REDUCTION_NTHREADS', 'MXNET_KVSTORE_SLICE_THRESHOLD',
        'MXNET_MP_OPENCV_NUM_THREADS', 'MXNET_PROFILER_AUTOSTART', 'MXNET_PROFILER_MODE',
        'MXNET_USE_NUM_CORES_OPERATOR_TUNING', 'DMLC_LOG_STACK_TRACE_DEPTH'), (0, LARGEST)),
    'MXNET_MKLDNN_CACHE_NUM': (-1, LARGEST),
    'OMP_THREAD_LIMIT': (1, LARGEST),
}
SWITCHES = ('MXNET_BACKWARD_DO_MIRROR', 'MXNET_ELIMINATE_COMMON_EXPR', 'MXNET_ENABLE_GPU_P2P', 'MXNET_ENGINE_INFO',
            'MXNET_EXEC_BULK_EXEC_INFERENCE', 'MXNET_EXEC_BULK_EXEC_TRAIN', 'MXNET_EXEC_VERBOSE_LOGGING',
            'MXNET_INFER_STORAGE_TYPE_VERBOSE_LOGGING', 'MXNET_KVSTORE_LOGTREE', 'MXNET_KVSTORE_SERIAL_PUSH',
            'MXNET_KVSTORE_USETREE', 'MXNET_MEM_PLAN_VERBOSE_LOGGING', 'MXNET_MKLDNN_ENABLED',
            'MXNET_OUTPUT_TUNING_DATA', 'MXNET_RNN_USE_WEIGHT_CACHE', 'MXNET_SAFE_ACCUMULATION',
            'MXNET_STORAGE_FALLBACK_LOG_VERBOSE', 'MXNET_SUBGRAPH_VERBOSE', 'MXNET_USE_FUSION', 'MXNET_USE_MKLDNN_RNN',
            'MXNET_VERBOSE_TUNING_INFO')
STACK = r'\d{1,6}\s*[BKbk]?|\d{1,3}\s*[Mm]', 'a size up to 999M'  # of each thread
# {name: (pattern of what is allowed, the same in words)}
WORDS = {
    **dict.fromkeys(SWITCHES, ('(?i:0|1|true|false)', '0 or 1')),
    'MXNET_ENGINE_TYPE': ('NaiveEngine|ThreadedEngine|ThreadedEnginePerDevice',
                          'NaiveEngine, ThreadedEngine or ThreadedEnginePerDevice'),
    'OMP_DYNAMIC': ('(?i:false)', 'false, as MXNet waits for ever for threads that do not come'),
    'DMLC_ROLE': ('worker', 'worker, as the others are servers of a cluster'),
    'OMP_STACKSIZE': STACK, 'GOMP_STACKSIZE': STACK,
}
INLINE = 'module://matplotlib_inline.backend_inline'
IN_NOTEBOOKS = ('inline', 'ipympl', 'widget', 'nbagg', 'notebook')
WITHOUT_DISPLAY = ('agg', 'cairo', 'pdf', 'pgf', 'ps', 'svg', 'template', 'webagg')
WITH_DISPLAY = ('gtk3agg', 'gtk3cairo', 'gtk4agg', 'gtk4cairo', 'qt5agg', 'qt5cairo', 'qtagg', 'qtcairo', 'tkagg',
                'tkcairo', 'wx', 'wxagg', 'wxcairo')

left_out = {}  # {name: value} of what was taken out of the environment


def mend_settings():
    """Take out of the environment what would stop MXNet or matplotlib, and say so, a sentence each, on stderr."""
    for name in [name for name in os.environ if name.startswith(OURS) and not os.environ[name].strip()]:
        del os.environ[name]  # as if it were not set
    for name in NUMBERS.keys() & os.environ.keys():
        _mend_number(name)
    for name in WORDS.keys() & os.environ.keys():
        if not re.fullmatch(WORDS[name][0], os.environ[name].strip()):
            _leave_out(name, WORDS[name][1])
    if not os.path.isfile(os.environ.get('MXNET_LIBRARY_PATH', __file__)):  # noqa: PTH113  a name may be too long
        _leave_out('MXNET_LIBRARY_PATH', 'the path of a libmxnet.so that is there')
    _mend_backend()


def _mend_number(name):
    """Keep a number that is allowed. Of a list, which OpenMP allows and MXNet does not, the first one."""
    least, most = NUMBERS[name]
    number = re.fullmatch(r'\s*\+?(-?\d+)\s*(,.*)?', os.environ[name])
    if number and len(number[1]) < 12 and least <= int(number[1]) <= most:
        os.environ[name] = number[1]
    else:
        _leave_out(name, f'a whole number from {least} to {most}')


def _mend_backend():
    """Matplotlib fails with the backend of another system, and in a notebook draws nothing with most of them."""
    backend = os.environ.get('MPLBACKEND')
    if backend is None or 'matplotlib' in sys.modules:
        return
    in_kernel = 'ipykernel' in sys.modules
    if not _usable(backend, in_kernel):
        _leave_out('MPLBACKEND', 'a backend that this system has, and in a notebook one that draws there')
        if in_kernel:
            os.environ['MPLBACKEND'] = INLINE


def _usable(backend, in_kernel):
    name = backend.lower()
    if name.startswith('module://'):
        return importlib.util.find_spec(backend[len('module://'):].partition('.')[0]) is not None
    if in_kernel:
        return name in IN_NOTEBOOKS
    if name in WITH_DISPLAY:
        display = sys.platform != 'linux' or 'DISPLAY' in os.environ or 'WAYLAND_DISPLAY' in os.environ
        return display and (not name.startswith('tk') or importlib.util.find_spec('tkinter') is not None)
    return name in (*IN_NOTEBOOKS, *WITHOUT_DISPLAY) or (name == 'macosx' and sys.platform == 'darwin')


def _leave_out(name, allowed):
    left_out[name] = value = os.environ.pop(name)
    shown = value if len(value) <= 60 else f'{value[:60]}…'
    print(f'{name}={shown} in the environment is left out; allowed is {allowed}. Unset it, or set it to that.',
          file=sys.stderr)


def find_home():
    """See that there is a home: a container may run as a user who has none, and most programs ask for it."""
    if not Path(os.environ.get('HOME') or '.').is_absolute():
        os.environ.pop('HOME', None)
    try:
        os.environ['HOME'] = str(Path.home())
    except RuntimeError:
        os.environ['HOME'] = str(_home_of_nobody())
        if sys.platform == 'win32':
            os.environ['USERPROFILE'] = os.environ['HOME']


def _home_of_nobody():
    """One folder for all processes of this user; another where somebody else has made that one."""
    if sys.platform == 'win32':  # where each user has temporary files apart
        folder = Path(tempfile.gettempdir(), 'd2l-style-home')
        folder.mkdir(exist_ok=True)
        return folder
    folder = Path(tempfile.gettempdir(), f'd2l-style-home-{os.getuid()}')
    folder.mkdir(mode=0o700, exist_ok=True)
    mine = not folder.is_symlink() and folder.stat().st_uid == os.getuid()
    return folder if mine else tempfile.mkdtemp(prefix='d2l-style-home-')
