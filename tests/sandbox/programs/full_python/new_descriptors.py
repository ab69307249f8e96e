# what: makes descriptors of every other kind
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
pair = ctypes.create_string_buffer(8)
for name, number, arguments in [
    ("pipe", 22, (pair,)),
    ("pipe2", 293, (pair, 0)),
    ("socketpair", 53, (1, 1, 0, pair)),
    ("dup", 32, (1,)),
    ("dup2", 33, (1, 9)),
    ("eventfd2", 290, (0, 0)),
    ("epoll_create1", 291, (0,)),
    ("inotify_init1", 294, (0,)),
    ("timerfd_create", 283, (0, 0)),
    ("memfd_create", 319, (b"x", 0)),
    ("pidfd_open", 434, (os.getpid(), 0)),
    ("fsopen", 430, (b"tmpfs", 0)),
    ("landlock_create_ruleset", 444, (None, 0, 1)),
]:
    if libc.syscall(number, *arguments) >= 0:
        print("ESCAPED:" + name)
