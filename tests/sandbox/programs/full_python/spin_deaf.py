# what: spins with every signal blocked and ignored
# class: full
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3
# control: none: the time it takes is judged

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    pass
