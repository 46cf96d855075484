"""The processor that a figure was measured on: it stands beside each."""
import platform
from pathlib import Path


def processor():
    """Its name, as the system has it."""
    cpuinfo = Path('/proc/cpuinfo')
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.split(':')[1].strip() for line in lines if line.startswith('model name')), platform.machine())
