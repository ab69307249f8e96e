"""Repy V2's exceptions by name, as the broker names them and the program catches them.

Pure data: the broker says which of them a call ends with, the jail makes classes of them.
"""

PARENTS = {
    "RepyException": "Exception",
    "RepyArgumentError": "RepyException",
    "TimeoutError": "RepyException",
    "CodeUnsafeError": "RepyException",
    "ContextUnsafeError": "RepyException",
    "LockDoubleReleaseError": "RepyException",
    "ResourceUsageError": "RepyException",
    "ResourceExhaustedError": "ResourceUsageError",
    "ResourceForbiddenError": "ResourceUsageError",
    "FileError": "RepyException",
    "FileNotFoundError": "FileError",
    "FileInUseError": "FileError",
    "SeekPastEndOfFileError": "FileError",
    "FileClosedError": "FileError",
    "SafeException": "RepyException",
    "CheckNodeException": "SafeException",
    "CheckStrException": "SafeException",
    "RunBuiltinException": "SafeException",
    "NetworkError": "RepyException",
    "NetworkAddressError": "NetworkError",
    "AlreadyListeningError": "NetworkError",
    "DuplicateTupleError": "NetworkError",
    "CleanupInProgressError": "NetworkError",
    "InternetConnectivityError": "NetworkError",
    "AddressBindingError": "NetworkError",
    "ConnectionRefusedError": "NetworkError",
    "LocalIPChanged": "NetworkError",
    "SocketClosedLocal": "NetworkError",
    "SocketClosedRemote": "NetworkError",
    "SocketWouldBlockError": "NetworkError",
    "TCPServerSocketInvalidError": "NetworkError",
}
"""Each exception and the one it is a kind of, parents first."""


class CallFailed(Exception):
    """A call of the program ends with one of Repy's exceptions.

    Args:
        kind: A key of `PARENTS`.
        text: What the program and its author are told.
    """

    def __init__(self, kind: str, text: str) -> None:
        assert kind in PARENTS
        super().__init__(text)
        self.kind = kind
        self.text = text
