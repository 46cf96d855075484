"""Smoke test: import and train on every other Python that this machine has, and compare the losses.

    python tools/machines/smoke.py    from an environment of the project, which is what the others are compared with

For each of Python 3.10 to 3.14 on the path, or kept by pyenv: an environment out of the same lock, in build/smoke/, a
look at NumPy before and after the import, and a short training. And the fast tests with MXNet 1.7, which is Windows'.
"""
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MINORS = range(10, 15)
MXNET_OF_WINDOWS = '1.7.0.post2'
LOCKED = 'tests/project/test_locks.py::test_what_is_installed_is_what_is_locked'
TRAIN = '''
import json, sys, warnings
warnings.simplefilter('error')
import numpy
def state():
    # but for modules of its own, which it imports when somebody asks for them
    return {name: id(value) for name in dir(numpy) if type(value := getattr(numpy, name)) is not type(sys)}
before = state()
from d2l_style import FeatureNet, get_contents, get_styles, load_backbone, read_image, train_steps
from d2l import mxnet as d2l
assert state() == before, 'NumPy is not as it was'
net = FeatureNet(load_backbone('vgg19_slim', d2l.try_gpu()))
content_X, contents_Y = get_contents(read_image('mountain_lake'), (225, 150), net)
_, styles_Y = get_styles(read_image('painted_hills'), (225, 150), net)
losses = [step.total_loss for step in train_steps(content_X, contents_Y, styles_Y, net, max_epochs=20)]
print(json.dumps({'python': sys.version.split()[0], 'numpy': numpy.__version__, 'first': losses[0],
                  'last': losses[-1]}))
'''


def find(minor):
    """A command that starts Python 3.`minor`, or None where there is no such."""
    code = f'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, {minor}))'
    for python in (f'python3.{minor}', *(Path.home() / '.pyenv' / 'versions').glob(f'3.{minor}.*/bin/python')):
        with suppress(OSError):
            if subprocess.run([python, '-c', code], capture_output=True).returncode == 0:
                return python
    return None


def environment(python, minor):
    """The Python of an environment with the locked packages, made or brought up to date."""
    folder = ROOT / 'build' / 'smoke' / f'3.{minor}'
    inside = folder / 'bin' / 'python'
    if not inside.exists():
        subprocess.run([python, '-m', 'venv', folder], check=True)
    subprocess.run([inside, '-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--no-compile',
                    '--no-deps', '-r', ROOT / 'requirements.txt'], check=True)
    return inside


def train(python):
    """What `TRAIN` prints, as a dictionary; stops everything where it fails or writes on stderr."""
    done = subprocess.run([python, '-c', TRAIN], cwd=ROOT, capture_output=True, text=True)
    if done.returncode or done.stderr:
        sys.exit(f'{python} failed:\n{done.stderr}')
    return json.loads(done.stdout)


def with_mxnet_of_windows():
    """The fast tests, here on Linux, in an environment with the MXNet that has a wheel for Windows."""
    folder = ROOT / 'build' / 'smoke' / 'mxnet-1.7'
    inside = folder / 'bin' / 'python'
    if not inside.exists():
        subprocess.run([sys.executable, '-m', 'venv', folder], check=True)
    pip = [inside, '-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--no-compile', '--no-deps']
    locks = [ROOT / 'requirements.txt', *sorted((ROOT / 'requirements').glob('[!bg]*.txt'))]
    subprocess.run([*pip, *(word for lock in locks for word in ('-r', lock))], check=True)
    subprocess.run([*pip, '--editable', ROOT, f'mxnet=={MXNET_OF_WINDOWS}'], check=True)
    command = ['sh', ROOT / 'tools' / 'test.sh', inside.parent, 'tests', '-m', 'not slow', '--deselect', LOCKED]
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(f'the tests fail with MXNet {MXNET_OF_WINDOWS}')


def main():
    here = train(sys.executable)
    print(f'{here}  (this environment)')
    others = 0
    for minor in MINORS:
        python = None if minor == sys.version_info[1] else find(minor)
        if python is None:
            continue
        found = train(environment(python, minor))
        print(found)
        if any(abs(found[key] / here[key] - 1) > 1e-4 for key in ('first', 'last')):
            sys.exit('the losses differ from those of this environment')
        others += 1
    print(f'{others + 1} passed, 0 failed')
    if sys.platform == 'linux':
        with_mxnet_of_windows()


if __name__ == '__main__':
    main()
