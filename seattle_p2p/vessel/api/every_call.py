"""All tables together."""

from seattle_p2p.vessel.api.connections import CONNECTIONS
from seattle_p2p.vessel.api.datagrams import DATAGRAMS
from seattle_p2p.vessel.api.files import FILES
from seattle_p2p.vessel.api.program import PROGRAM
from seattle_p2p.vessel.api.threads import THREADS

CALLS = (*FILES, *DATAGRAMS, *CONNECTIONS, *THREADS, *PROGRAM)
"""Every call, in the order of the reference."""
OBJECTS = {
    "file": "File",
    "udpserver": "UDPServerSocket",
    "tcpserver": "TCPServerSocket",
    "socket": "Socket",
    "lock": "Lock",
    "namespace": "VirtualNamespace",
}
"""The class behind each word in front of a method's name."""
