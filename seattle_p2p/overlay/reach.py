"""Where we are: our own sockets, where others see us, whether strangers can reach us."""

from collections.abc import Iterable
from typing import Final

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Role
from seattle_p2p.wire.endpoints import pack_endpoint, unpack_endpoint

_MOST_WITNESSES: Final = 20
_ENOUGH_WITNESSES: Final = 2
_DOUBTS_UNTIL_CLIENT: Final = 3
"""Times in a row that most of those who were to knock did not get through."""


class Reach:
    """Keeps what peers said about our endpoint, one voice for each IP group.

    Args:
        role: What the node is; UNKNOWN until somebody dials back.
    """

    def __init__(self, role: Role) -> None:
        self.role = role
        self.told = role is not Role.UNKNOWN
        """Whether the role was given, and is not to be found."""
        self.stranger_at = 0
        """When a stranger last reached us, in nanoseconds."""
        self._doubts = 0
        self._local: set[bytes] = set()
        self._witnesses: dict[bytes, bytes] = {}

    @property
    def is_server(self) -> bool:
        """Whether we tell others that we are a server."""
        return self.role is Role.SERVER

    @property
    def in_doubt(self) -> bool:
        """Whether those who were to knock last mostly did not get through."""
        return self._doubts > 0 and self.role is Role.SERVER

    def on_stranger(self, now: int) -> bool:
        """Somebody we never wrote to reached us; whether that made us a server just now."""
        self.stranger_at = now
        self._doubts = 0
        return self._become(Role.SERVER)

    def on_knocks(self, expected: int, familiar: int) -> bool:
        """No stranger knocked; of `expected` peers, `familiar` ones did. Did the role change?

        All of them, with nothing between us and others, make a server; where there is nobody
        to knock, that has to do for a node that knows nothing. Less than half of them, several
        times in a row, mean that strangers do not reach us. Behind a box that lets in whom we
        wrote to, those who are familiar say nothing.
        """
        if not expected:
            return (
                self.is_undisguised and self.role is Role.UNKNOWN and self._become(Role.SERVER)
            )
        if not self.is_undisguised:
            familiar = 0
        if familiar >= expected:
            self._doubts = 0
            return self._become(Role.SERVER)
        self._doubts = self._doubts + 1 if 2 * familiar < expected else 0
        return self._doubts >= _DOUBTS_UNTIL_CLIENT and self._become(Role.CLIENT)

    def _become(self, role: Role) -> bool:
        if self.told or self.role is role:
            return False
        self.role = role
        return True

    @property
    def is_undisguised(self) -> bool:
        """Whether others see us at the very address of our own socket: nothing in between."""
        seen = self._most_seen()
        return seen is not None and seen in self._local

    @property
    def seen_at(self) -> Endpoint | None:
        """Where most IP groups see us."""
        seen = self._most_seen()
        try:
            return unpack_endpoint(seen) if seen else None
        except MalformedMessage:
            return None

    def set_local(self, endpoints: Iterable[Endpoint]) -> None:
        """Our own sockets, as the driver bound them; and public addresses we were told of."""
        self._local = {pack_endpoint(endpoint) for endpoint in endpoints}

    def on_witness(self, group: bytes, seen: bytes) -> None:
        """Somebody of an IP group, whom we asked, sees us at a packed endpoint."""
        if self._witnesses.get(group) == seen:
            return
        self._witnesses.pop(group, None)
        if len(self._witnesses) >= _MOST_WITNESSES:
            del self._witnesses[next(iter(self._witnesses))]
        self._witnesses[group] = seen

    def is_ours(self, seen: bytes) -> bool:
        """Whether we may sign that we are at this packed endpoint, for somebody unproved.

        It is one of our sockets; or, behind an address translation, two witnesses and at least
        half of its family's name it. One is not enough: the first peer we meet may be a liar
        that wants our words for its own address. A node whose driver told it nothing believes
        anyone.
        """
        if seen in self._local or not self._local:
            return True
        family = [said for said in self._witnesses.values() if said[:1] == seen[:1]]
        voices = family.count(seen)
        return voices >= _ENOUGH_WITNESSES and 2 * voices >= len(family)

    def _most_seen(self) -> bytes | None:
        said = list(self._witnesses.values())
        return max(said, key=said.count) if said else None
