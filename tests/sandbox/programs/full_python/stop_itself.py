# what: stops itself by a signal, so that nobody sees it move
# class: full
# source: own
# expect: ends | error | alive
# seconds: 20
# control: none: a bare run would have to be woken

import os
import signal

for action in [
    lambda: os.kill(os.getpid(), signal.SIGSTOP),
    lambda: signal.raise_signal(signal.SIGSTOP),
]:
    try:
        action()
    except OSError:
        pass
