"""Exceptions that several calls of the network have, and when they come."""

ADDRESS = "an IPv4 or IPv6 address in its one usual spelling"
BAD_LOCAL = ("RepyArgumentError", f"localip is not {ADDRESS}, or localport no port")
FORBIDDEN_LOCAL = ("ResourceForbiddenError", "localport is not one of this vessel's")
NOT_OURS = ("AddressBindingError", "localip is not an address of this machine")
TAKEN = ("DuplicateTupleError", "another program uses that address and port")
LISTENING = ("AlreadyListeningError", "this program listens there already")
CLOSED = ("SocketClosedLocal", "it was closed here")
GONE = ("SocketClosedRemote", "the other side has closed it")
