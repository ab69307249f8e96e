# what: starts more threads than it may, past every call
# class: full
# source: own
# expect: stopped | error | ends | crash
# restrictions: events 5
# seconds: 8

import _thread
import time

_thread.stack_size(65536)
started = 0
try:
    for number in range(200):
        _thread.start_new_thread(time.sleep, (20,))
        started += 1
except RuntimeError:
    pass
time.sleep(2)
if started > 64:
    print("ESCAPED:", started, "threads")
