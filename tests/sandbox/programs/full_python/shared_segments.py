# what: makes memory, queues and semaphores that outlive it
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
segment = libc.syscall(29, 0, 4096, 0o1600)
if segment >= 0:
    print("ESCAPED:shmget")
    libc.syscall(31, segment, 0, None)
queue = libc.syscall(68, 0, 0o1600)
if queue >= 0:
    print("ESCAPED:msgget")
    libc.syscall(71, queue, 0, None)
semaphore = libc.syscall(64, 0, 1, 0o1600)
if semaphore >= 0:
    print("ESCAPED:semget")
    libc.syscall(66, semaphore, 0, 0, 0)
