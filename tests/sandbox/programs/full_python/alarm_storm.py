# what: interrupts itself by timers a thousand times a second
# class: full
# source: own
# expect: alive | ends | error
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3
# control: none: the time it takes is judged

import signal
import time

try:
    signal.signal(signal.SIGALRM, lambda *parts: None)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
except OSError:
    pass
while True:
    time.sleep(0.001)
