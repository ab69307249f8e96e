# what: spins in threads that do not share the interpreter's lock
# class: full
# source: own
# expect: alive | error
# restrictions: cpu 0.1, events 6, memory 60000000
# cpu: 0.1
# seconds: 3
# control: none: the time it takes is judged

import _thread
import ctypes

libc = ctypes.CDLL(None)
block = ctypes.create_string_buffer(1_000_000)


def spin():
    while True:
        libc.memset(block, 1, 1_000_000)


for number in range(3):
    _thread.start_new_thread(spin, ())
spin()
