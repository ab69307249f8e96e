"""The warm parent: has everything imported that a keeper and its vessel need, and forks
keepers.

Exec'ed with an empty environment (`zygote_client.py`), so that the memory its descendants
inherit holds nothing of the donor's. One message in, one keeper out. Ends when the node
manager's end of the line closes; keepers have sessions of their own and go on.
"""

import gc
import os
import signal
import socket
import warnings

from seattle_p2p.vessel import keeper_main, program
from seattle_p2p.vessel.control import MAX_FRAME, decode_launch
from seattle_p2p.vessel.jail import libc

_CODECS = ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
"""Imported here: nothing can be imported in the jail."""


def main(line_fd: int) -> None:
    """Fork a keeper for each launch that arrives on descriptor `line_fd`."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=line_fd)
    _warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are nobody's to wait for
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        data, descriptors, _, _ = socket.recv_fds(line, MAX_FRAME, 1)
        if not data:
            return
        if os.fork() == 0:
            line.close()
            control = socket.socket(fileno=descriptors[0])
            try:
                keeper_main.main(decode_launch(data), control)
            finally:
                os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def _warm_up() -> None:
    libc.set_name("seattle-zygote")
    libc.one_malloc_arena()
    warnings.simplefilter("ignore")
    for codec in _CODECS:
        "a".encode(codec).decode(codec)
    program.rehearse()
    gc.collect()
    gc.freeze()  # what is here now is never collected, so its pages stay shared
    gc.enable()
