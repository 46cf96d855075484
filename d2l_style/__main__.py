"""`python -m d2l_style`: to the commands, or to the check of the machine."""
import sys

from .compat.terminal import run

if sys.argv[1:2] == ['check']:  # has to work where MXNet, and so everything else, does not
    from .compat.check import main
else:
    from .book.commands import main

run(main)
