# what: opens a file by its handle, past every path
# class: full
# source: CVE-2014-9357
# expect: ends
# control: root
# machine: x86_64

import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer(b"\x80\0\0\0\0\0\0\0", 136)
mount = ctypes.c_int()
folder = -100
named = libc.syscall(303, folder, sys.argv[2].encode(), handle, ctypes.byref(mount), 0)
if named == 0:
    print("ESCAPED:name_to_handle_at")
opened = libc.syscall(304, folder, handle, 0)
if opened >= 0 or ctypes.get_errno() not in (1, 38):
    print("ESCAPED:open_by_handle_at", os.strerror(ctypes.get_errno()))
