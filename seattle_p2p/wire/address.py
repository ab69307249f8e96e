"""How people write the address of a peer: ``KEY@HOST:PORT`` or ``HOST:PORT``.

Plans, installers, seed lists and ``--contact`` all use this form. Nothing is looked up here.
"""

import ipaddress
import re
from dataclasses import dataclass

from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import PublicKey

_FORM = "written HOST:PORT or KEY@HOST:PORT, e.g. 192.0.2.7:4711 or [2001:db8::7]:4711"
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_MAX_HOST_NAME = 253
"""Characters of a host's name (RFC 1035, section 2.3.4)."""


@dataclass(frozen=True)
class PeerAddress:
    """Where a peer is said to be, and who it must prove to be when `key` is given.

    `host` is an IPv4 or IPv6 literal in its canonical form, or a name in lower case; `port` is
    1 to 65535, the same number for the overlay's UDP and the commands' TCP.
    """

    host: str
    port: int
    key: PublicKey | None = None

    @classmethod
    def from_text(cls, text: str) -> "PeerAddress":
        """Read one address.

        Raises:
            UsageError: of another form, a malformed key, or a port out of range.
        """
        who, at, where = text.strip().rpartition("@")
        key = PublicKey.from_text(who) if at else None
        host, colon, port = where.rpartition(":")
        if not colon or not host:
            raise UsageError(f"{text!r} has no port", hint=_FORM)
        if not (port.isascii() and port.isdigit() and len(port) <= 5):
            raise UsageError(f"{port!r} is no port number", hint=_FORM)
        if not 1 <= int(port) <= 65535:
            raise UsageError(f"port {int(port)} is out of range, 1 to 65535", hint=_FORM)
        return cls(_canonical_host(host), int(port), key)

    @property
    def text(self) -> str:
        """The form `from_text` reads."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        who = f"{self.key.text}@" if self.key else ""
        return f"{who}{host}:{self.port}"

    def __str__(self) -> str:
        return self.text


def _canonical_host(host: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError as reason:
            raise UsageError(f"{host} is no IPv6 address", hint=_FORM) from reason
    if ":" in host:
        raise UsageError(f"an IPv6 address goes in brackets: [{host}]", hint=_FORM)
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        pass
    name = host.lower().rstrip(".")
    labels = name.split(".")
    # A name of digits and dots is a mistyped address, never a host.
    if len(name) > _MAX_HOST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise UsageError(f"{host!r} is neither an address nor a host's name", hint=_FORM)
    if labels[-1].isdigit():
        raise UsageError(f"{host!r} is no IPv4 address", hint=_FORM)
    return name
