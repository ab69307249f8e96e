# what: lets the kernel's own threads open files, past the filter of calls
# class: full
# source: io_uring and seccomp
# expect: ends
# control: maybe: io_uring is often switched off
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
parameters = ctypes.create_string_buffer(120)
if libc.syscall(425, 4, parameters) >= 0:
    print("ESCAPED:io_uring_setup")
