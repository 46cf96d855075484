"""What is taken of the files that are handed in."""
import os

import pytest
from handins import take_in

from .notebooks import RELEASED
from .test_handins import EMPTY, OTHER, RIGHT


@pytest.fixture
def take(tmp_path):
    """{path: bytes} → {student: (file that counts, problem, remarks)}, and what was listed."""
    def do(files, **settings):
        archive, spool = tmp_path / 'archive', tmp_path / 'spool'
        spool.mkdir(exist_ok=True)
        for name, data in files.items():
            target = archive / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.mkdir() if data is None else target.write_bytes(data)
            if name.startswith('new/') or '.new.' in name:
                os.utime(target, (2e9, 2e9))
        hand_ins, listed = take_in(sorted(archive.iterdir()), RELEASED, spool, **settings)
        for one in hand_ins:
            assert bool(one.file) != bool(one.problem)
            assert not one.file or one.file.path.read_bytes() in (
                RIGHT, EMPTY, OTHER, RIGHT[:9000], b'%PDF', b'')
        return {one.student: (str(one.file or ''), one.problem, one.remarks) for one in hand_ins}, listed
    return do
