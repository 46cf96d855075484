"""What students put into the exchange: their own counts, and nobody hands in for another or stops the others."""
import os
import shutil

import pytest

pwd = pytest.importorskip('pwd', reason='NO HUB: it is for Linux')
from hand_out import copy_to  # noqa: E402
from nbgrader_commands import ASSIGNMENT, NOTEBOOK, exchange  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.geteuid() != 0, reason='call make test as root: hand-ins '
                                                   'are given to other accounts')]
NAMES = 'daemon', 'bin', 'sys', 'games', 'man'  # accounts that there are everywhere


def put(inbound, owner, name, moment='2026-11-27 10:00:00', zone='UTC'):
    folder = inbound / f'{name}+{ASSIGNMENT}+{moment} {zone}+{owner}'
    folder.mkdir()
    (folder / NOTEBOOK).write_text(f'{owner} {moment}')
    (folder / 'timestamp.txt').write_text(f'{moment} UTC')
    os.chown(folder, pwd.getpwnam(owner).pw_uid, -1)
    return folder


@pytest.fixture
def collected(tmp_path, monkeypatch, capfd):
    """The folder submitted, and what was said."""
    course, inbound = copy_to(tmp_path / 'course'), tmp_path / 'exchange' / 'neural-style' / 'inbound'
    inbound.mkdir(parents=True)
    (tmp_path / 'exchange').chmod(0o777)
    for name in NAMES:
        put(inbound, name, name)
    put(inbound, 'bin', 'daemon', '2026-11-28 10:00:00')  # later, and another's
    put(inbound, 'bin', 'bin', 'never')
    (inbound / f'sys+{ASSIGNMENT}+x').write_text('no folder')
    link = put(inbound, 'games', 'games', '2026-11-29 10:00:00') / NOTEBOOK
    link.unlink()
    link.symlink_to(course / 'source' / ASSIGNMENT / NOTEBOOK)
    os.mkfifo(put(inbound, 'man', 'man', '2026-11-29 10:00:00') / 'pipe')
    shutil.copytree(course / 'source', tmp_path / 'of-the-teacher')
    monkeypatch.setenv('D2L_STYLE_EXCHANGE', str(tmp_path / 'exchange'))
    exchange('collect', '--update', course=course)
    return course / 'submitted', capfd.readouterr().err


def test_each_has_what_their_own_account_put_there(collected):
    submitted, said = collected
    assert {folder.name for folder in submitted.iterdir()} == set(NAMES)
    assert (submitted / 'daemon' / ASSIGNMENT / NOTEBOOK).read_text() == 'daemon 2026-11-27 10:00:00'
    assert f'daemon+{ASSIGNMENT}+2026-11-28 10:00:00 UTC+bin was not taken: it was put there by bin' in said


def test_a_name_that_nobody_gives_stops_nothing(collected):
    submitted, said = collected
    assert said.count('has a name that nbgrader does not give') == 2
    assert (submitted / 'bin' / ASSIGNMENT / NOTEBOOK).read_text() == 'bin 2026-11-27 10:00:00'


def test_no_link_is_followed_and_no_pipe_is_opened(collected):
    submitted, _ = collected
    assert (submitted / 'games' / ASSIGNMENT / NOTEBOOK).is_symlink()
    assert {file.name for file in (submitted / 'man' / ASSIGNMENT).iterdir()} == {NOTEBOOK, 'timestamp.txt'}
