"""Wait for what happens, however busy the machine is."""
import time

HANGS = 60  # seconds: no machine is as busy as that


def wait_for(condition, *processes):
    """Wait until `condition()`, as long as all `processes` live."""
    end = time.monotonic() + HANGS
    while not condition():
        assert all(process.poll() is None for process in processes), 'a process ended before'
        assert time.monotonic() < end, 'it never happened'
        time.sleep(0.02)
