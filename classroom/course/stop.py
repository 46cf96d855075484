"""Control-C, whenever it comes, ends a step of the course with a sentence; a closed terminal and `kill` end it too."""
import signal
import sys

SAID = {'grade': 'Who has marks keeps them, the others are graded by the next call.',
        'collect': 'What was sorted already stays; the next call sorts all of it.',
        'release': 'The next call does all of it; marks that were given by hand are kept.'}
STEP = next((word for word in sys.argv[1:] if word in SAID), '')


def _say(kind, error, trace):
    if issubclass(kind, KeyboardInterrupt):
        print(f'\nStopped. {SAID.get(STEP, "")}'.rstrip(), file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


for name in ('SIGTERM', 'SIGHUP'):  # else what is being graded would go on without the step that started it
    number = getattr(signal, name, None)
    if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores one, and so does the step
        signal.signal(number, signal.default_int_handler)
sys.excepthook = _say
