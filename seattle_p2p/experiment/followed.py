"""How far the reading of one node's logs has come, so that it can be taken up again."""

from collections.abc import Iterable, Sequence

from seattle_p2p.errors import NoLongerPermitted, NotPermitted
from seattle_p2p.wire.actions import FollowLogs, LogFrom
from seattle_p2p.wire.failed import failed
from seattle_p2p.wire.results import LogPart, LogPiece


class Followed:
    """Where to go on in each log.

    Args:
        logs: Where to begin.
        now_s: Monotonic seconds, so that "since" keeps its meaning when it is asked again.
    """

    def __init__(self, logs: Sequence[LogFrom], now_s: float) -> None:
        self._begins = {log.vessel: log for log in logs}
        self._begun_s = now_s
        self._changed: dict[str, NoLongerPermitted] = {}

    @property
    def left(self) -> bool:
        """Whether something is still to come."""
        return bool(self._begins)

    def action(self, now_s: float) -> FollowLogs:
        """What to ask for now."""
        later = now_s - self._begun_s
        begins = [
            LogFrom(log.vessel, log.offset, log.since_s + later) if log.since_s >= 0 else log
            for log in self._begins.values()
        ]
        return FollowLogs(tuple(begins))

    def take(self, piece: LogPiece) -> LogPiece | None:
        """Note a piece, which is handed back; None when it is time to ask anew.

        A vessel whose rights changed may still be ours: only a refusal of the next question
        ends it.
        """
        begin = self._begins.get(piece.vessel)
        if begin is None:
            return piece
        error = piece.failed.error if piece.failed else None
        if isinstance(error, NoLongerPermitted):
            self._changed[piece.vessel] = error
            return None
        if piece.over:
            del self._begins[piece.vessel]
        elif piece.part.data:
            following = piece.part.start + len(piece.part.data)
            self._begins[piece.vessel] = LogFrom(piece.vessel, following)
        return piece

    def drop_others(self, ours: Iterable[str], reason: NotPermitted) -> list[LogPiece]:
        """Give up the vessels that are not `ours`; how it ends for each of them.

        All of them when none is missing: then `reason` is another one.
        """
        kept = set(ours)
        gone = [name for name in self._begins if name not in kept]
        pieces = []
        for name in gone or list(self._begins):
            offset = self._begins.pop(name).offset
            refused = NotPermitted(
                f"this key controls no vessel {name} on this node", hint=reason.hint
            )
            said = failed(self._changed.get(name, refused if gone else reason))
            pieces.append(LogPiece(name, LogPart(offset, b"", offset), False, True, said))
        return pieces
