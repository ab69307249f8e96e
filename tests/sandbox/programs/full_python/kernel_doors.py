# what: tries bpf, perf, userfaultfd, keys and other doors into the kernel
# class: full
# source: kernel exploits
# expect: ends
# control: root
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for name, number, arguments in [
    ("bpf", 321, (0, None, 0)),
    ("perf_event_open", 298, (None, 0, -1, -1, 0)),
    ("userfaultfd", 323, (1,)),
    ("add_key", 248, (b"user", b"x", b"y", 1, -3)),
    ("keyctl", 250, (0, -3, 0)),
    ("kcmp", 312, (1, 1, 0, 0, 0)),
    ("init_module", 175, (None, 0, b"")),
    ("finit_module", 313, (-1, b"", 0)),
    ("kexec_load", 246, (0, 0, None, 0)),
    ("iopl", 172, (0,)),
    ("ioperm", 173, (0, 1, 1)),
    ("modify_ldt", 154, (0, None, 0)),
    ("quotactl", 179, (0, None, 0, None)),
    ("acct", 163, (b"/nowhere",)),
    ("swapon", 167, (b"/nowhere", 0)),
    ("syslog", 103, (3, None, 0)),
    ("sethostname", 170, (None, -1)),
    ("clock_settime", 227, (0, None)),
    ("settimeofday", 164, (None, None)),
    ("adjtimex", 159, (None,)),
    ("reboot", 169, (0, 0, 0, None)),
    ("fanotify_init", 300, (0, 0)),
    ("move_pages", 279, (0, 0, None, None, None, 0)),
    ("mbind", 237, (0, 0, 0, None, 0, 0)),
]:
    if libc.syscall(number, *arguments) >= 0 or ctypes.get_errno() not in (1, 38):
        print("ESCAPED:the kernel looked at", name, ctypes.get_errno())
