import sys

if sys.argv[1:2] == ['check']:  # has to work where MXNet, and so everything else, does not
    from .engine.check import main
else:
    from .commands import main

main()
