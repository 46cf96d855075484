"""What a test needs of the system that it runs on; where that is not there, it is skipped and says why."""
import os
import sys

import pytest

WINDOWS = os.name == 'nt'
posix_shell = pytest.mark.skipif(WINDOWS, reason="sh and make are not Windows', which has start.cmd")
grading = pytest.mark.skipif(WINDOWS, reason='hand-ins are executed and graded on Linux, in WSL or at the hub')
linux = pytest.mark.skipif(sys.platform != 'linux', reason='MXNet needs nothing of other systems')


def as_kept(name):
    """The name of a variable as the system keeps it: Windows in capitals."""
    return name.upper() if WINDOWS else name
