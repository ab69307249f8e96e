"""Names of machines looked up beside the loop: a slow answer holds up nobody else."""

import re
import socket
import threading

from seattle_p2p.vessel.broker.meters import Meters, Waits
from seattle_p2p.vessel.repy_errors import CallFailed

_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*\.?", re.ASCII)
_MOST_AT_ONCE = 4
_FIRST_LOOK_S, _LAST_LOOK_S, _GIVE_UP_S = 0.004, 0.1, 30.0


class Names:
    """Look-ups of one program.

    Args:
        meters: Charged for each, as Seattle does.
    """

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._under_way = 0

    def look_up(self, name: str) -> Waits:
        """The IPv4 address of a name, or its IPv6 address when it has no other (RP-10)."""
        if len(name) > 253 or _NAME.fullmatch(name) is None:
            raise CallFailed("RepyArgumentError", f"{name[:60]!r} is no name of a machine")
        yield from self._meters.charge("netsend", 1024)
        yield from self._meters.charge("netrecv", 4096)
        while self._under_way >= _MOST_AT_ONCE:
            yield _LAST_LOOK_S
        found: list[str] = []
        thread = threading.Thread(target=_resolve, args=(name, found), daemon=True)
        self._under_way += 1
        try:
            thread.start()
            waited, step = 0.0, _FIRST_LOOK_S
            while thread.is_alive() and waited < _GIVE_UP_S:
                yield step
                waited += step
                step = min(step * 1.5, _LAST_LOOK_S)
        finally:
            self._under_way -= 1
        if not found:
            raise CallFailed("NetworkAddressError", f"{name[:60]!r} has no address")
        return found[0]


def _resolve(name: str, found: list[str]) -> None:
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return
    answers.sort(key=lambda answer: answer[0] != socket.AF_INET)
    found.extend(str(answer[4][0]) for answer in answers[:1])
