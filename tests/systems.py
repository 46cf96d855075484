"""What a test needs of the system that it runs on; where that is not there, it is skipped and says why."""
import os
import sys

import pytest

WINDOWS = os.name == 'nt'
posix_shell = pytest.mark.skipif(WINDOWS, reason="sh and make are not Windows', which has start.cmd")
linux = pytest.mark.skipif(sys.platform != 'linux', reason='MXNet needs nothing of other systems')


def as_kept(name):
    """The name of a variable as the system keeps it: Windows in capitals."""
    return name.upper() if WINDOWS else name
