"""Commands: `python -m d2l_style weights|pictures|profile|verify|check`."""
import argparse
import shutil
import sys

import pooch

from ..backbones import BACKBONES, find_backbone, parameter_shapes
from ..checks.writing import reason, shortened
from ..compat.check import main as check
from ..images import read_image
from ..store.copies import read_copy
from ..store.errors import WeightsError
from ..store.fetch import fetch
from ..store.find import copy_files, find_weights, own_weights
from ..store.folders import cache_folder, copy_file, megabytes, unfinished, zoo_folder
from ..store.packs import bring_in, export
from ..store.pictures import find_picture
from ..store.registry import PICTURES, WEIGHTS
from ..store.zoo import zoo_file
from .profiles import PROFILES, active_profile, origin, use_profile
from .verify import verify


def main(arguments=None):
    """Run one command. What goes wrong is one sentence on stderr and exit status 1."""
    chosen = make_parser().parse_args(arguments)
    try:
        chosen.run(chosen)
    except BrokenPipeError:  # whoever reads this has read enough
        raise
    except OSError as error:
        sys.exit(f'error: {_said(error)}')
    except ValueError as error:
        sys.exit(f'error: {error}')
    except KeyboardInterrupt:
        sys.exit('stopped: what came so far is kept, and the same command goes on from there')


def _said(error):
    """A sentence for an `OSError`, whose own are of this project unless they have a number."""
    if error.errno is None:
        return error
    return (f'{shortened(error.filename or "a file")} cannot be read or written ({reason(error)}): make room or give '
            'another place; for the cache, set D2L_STYLE_CACHE to another folder')


def make_parser():
    """The commands and their options, an `ArgumentParser` whose result has the function to `run`."""
    parser = argparse.ArgumentParser(prog='python -m d2l_style', description='Weights, pictures and profiles.')
    groups = parser.add_subparsers(dest='group', required=True, metavar='COMMAND')
    _weights_parser(groups.add_parser('weights', help='fetch, pack and bring in the weights of backbones'))
    pictures = groups.add_parser('pictures', help="the chapter's own pictures").add_subparsers(required=True, dest='do')
    _command(pictures, 'list', list_pictures, 'what there is, and under which licence')
    _command(pictures, 'fetch', fetch_pictures, 'fetch those that are missing')
    profile = _command(groups, 'profile', show_profile, 'what a profile selects, and where it comes from')
    profile.add_argument('name', nargs='?', choices=PROFILES, help='by default D2L_STYLE_PROFILE, else embedded')
    profile.add_argument('--fetch', action='store_true', help='fetch what is missing')
    _command(groups, 'check', lambda _: check(), 'what this machine has for the notebooks, what it lacks, what to do')
    compare = _command(groups, 'verify', verify_profile, "run the chapter's schedule, compare with published losses")
    compare.add_argument('name', nargs='?', choices=PROFILES, help='by default D2L_STYLE_PROFILE, else embedded')
    compare.add_argument('--epochs', nargs=2, type=int, metavar=('FIRST', 'SECOND'), default=(500, 300),
                       help="epochs of the two passes (the chapter's: 500 300; 0 leaves the second out)")
    return parser


def _weights_parser(parser):
    commands = parser.add_subparsers(required=True, dest='do', metavar='COMMAND')
    _command(commands, 'list', list_weights, 'name, source, size, where they lie, what was checked')
    one = _command(commands, 'fetch', fetch_weights, 'download, check, and keep what style transfer uses')
    one.add_argument('name', choices=[name for name, weights in WEIGHTS.items() if not weights.embedded])
    one.add_argument('--half', action='store_true', help='keep them as float16, half as large')
    one = _command(commands, 'export', export_weights, 'write a pack for a USB stick or a share')
    one.add_argument('name')
    one.add_argument('file', help='the pack, or a folder for it')
    one = _command(commands, 'import', import_weights, 'bring in a pack, a file of the zoo, or weights of your own')
    one.add_argument('file', help='a path, or an http(s) address')
    one.add_argument('--as', dest='name', help='a name, for weights of your own')
    one.add_argument('--sha256', help='the hash that the file has to have')
    one.add_argument('--half', action='store_true', help='keep them as float16, half as large')
    one = _command(commands, 'clean', clean_weights, 'delete large files that are not needed, and broken-off downloads')
    one.add_argument('--all', action='store_true', help='the copies too, also of weights of your own, and the pictures')


def _command(parsers, name, run, about):
    parser = parsers.add_parser(name, help=about, description=f'{about[0].upper()}{about[1:]}.')
    parser.set_defaults(run=run)
    return parser


def shapes_of(name):
    """{name: shape} of what the backbone `name` uses."""
    return parameter_shapes(find_backbone(name).layers())


def list_weights(_):
    """Print every weights that can be had, and those that are here."""
    for name in [*WEIGHTS, *own_weights()]:
        where, size, checked = _here(name)
        source = WEIGHTS[name].source if name in WEIGHTS else 'your own'
        published = f', {megabytes(WEIGHTS[name].size)} published' if name in WEIGHTS else ''
        print(f'{name}  ({source}{published})')
        if name in WEIGHTS:
            print(f'    {WEIGHTS[name].about}')
        print(f'    {where}{size}')
        if checked:
            print(f'    {checked}')


def _here(name):
    """Where the weights `name` are, their size, and whether they are what they say."""
    if name in WEIGHTS and WEIGHTS[name].embedded:
        file = WEIGHTS[name].embedded
        return 'in the package', f', {megabytes(file.stat().st_size)}', ''
    try:
        if any(file.is_file() for file in copy_files(name)):
            found = find_weights(name, shapes_of(name))
            return f'{found.file}', f', {megabytes(found.file.stat().st_size)}', f'verified: {found.facts.checked}'
        file = zoo_file(WEIGHTS[name]) if WEIGHTS[name].zoo else None
    except WeightsError as error:
        return f'NOT USABLE: {error}', '', ''
    if file is None:
        return 'not here', '', ''
    return f'{file}', f', {megabytes(file.stat().st_size)}', f'verified: SHA-1 {WEIGHTS[name].sha1}'


def fetch_weights(chosen):
    """Fetch one backbone's weights."""
    fetch(chosen.name, shapes_of(chosen.name), half=chosen.half)


def export_weights(chosen):
    """Write a pack, and print the hash that a class can compare."""
    file = export(find_weights(chosen.name, shapes_of(chosen.name)), chosen.file)
    digest = pooch.file_hash(str(file))
    print(f'{file} ({megabytes(file.stat().st_size)}), SHA-256 {digest}')
    print(f'On the other machines: python -m d2l_style weights import {file.name} --sha256 {digest}\n'
          'or set D2L_STYLE_WEIGHTS to the folder that it lies in')


def import_weights(chosen):
    """Bring a file into the cache."""
    facts = bring_in(chosen.file, {name: shapes_of(name) for name in BACKBONES}, chosen.name, half=chosen.half,
                     sha256=chosen.sha256)
    print(f"{facts.name} is ready: {facts.source}; checked: {facts.checked}. Use it with backbone = '{facts.name}'")


def clean_weights(chosen):
    """Delete what is not needed any more, and say how much room that makes."""
    published = {name: zoo_folder() / weights.file for name, weights in WEIGHTS.items() if weights.zoo}
    files = [file for name, file in published.items() if _is_copy(copy_file(name))]
    files += [unfinished(file) for file in published.values()]
    folders = [cache_folder() / 'incoming', *([cache_folder() / 'weights', cache_folder() / 'pictures'] * chosen.all)]
    freed = 0
    for path in (*files, *folders):
        held = [path] if path.is_file() else [file for file in path.rglob('*') if file.is_file()]
        if held:
            freed += sum(file.stat().st_size for file in held)
            print(f'deleted {path}')
            path.unlink() if path.is_file() else shutil.rmtree(path)
    print(f'{megabytes(freed)} are free again')


def _is_copy(file):
    try:
        return bool(read_copy(file))
    except WeightsError:
        return False


def list_pictures(_):
    """Print the published pictures, their licence, and where they are."""
    for name, picture in PICTURES.items():
        print(f'{name}\n    {picture.attribution}\n    {find_picture(name) or "not here, " + megabytes(picture.size)}')


def fetch_pictures(_):
    """Fetch the published pictures."""
    for name in PICTURES:
        read_image(name)
        print(f'{name} is ready: {find_picture(name)}')


def show_profile(chosen):
    """Print what a profile selects; with `--fetch`, fetch it first."""
    name, profile = active_profile(chosen.name)
    if chosen.fetch:
        try:
            origin(profile.backbone)
        except WeightsError:
            fetch(profile.backbone, shapes_of(profile.backbone))
    use_profile(name)


def verify_profile(chosen):
    """Print measured beside published losses."""
    verify(chosen.name, epochs=chosen.epochs)
