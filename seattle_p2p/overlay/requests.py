"""Requests without an answer yet: number, address asked, what to do with the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seattle_p2p.overlay.agenda import Agenda, Alarm
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.wire.codec import Datagram
from seattle_p2p.wire.datagrams import Reply


class Activity(Alarm):
    """What sends requests and is told what came of each: a lookup, a join, a publication."""

    def __init__(self) -> None:
        super().__init__()
        self.open_requests: dict[int, Outstanding] = {}
        """Its requests without answer, by number; kept by `Requests`."""

    def on_reply(self, asked: Outstanding, reply: Any, now: int) -> None:
        """The reply to `asked`, of the class that answers it."""
        raise NotImplementedError

    def on_slow(self, asked: Outstanding, now: int) -> None:
        """`asked` has passed its soft deadline; most work just goes on waiting."""

    def on_overdue(self, asked: Outstanding, now: int) -> None:
        """`asked` was sent twice and is long past its time; its reply may still come.

        Who has nobody else to ask goes on waiting.
        """

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """`asked` has passed its hard deadline; nothing comes any more."""
        raise NotImplementedError


class Outstanding(Alarm):
    """One request on its way.

    Attributes:
        about: Whatever the activity wants to find again in its answer.
        had_token: Whether a token went with it: if the answer brings a new one and nothing
            else, that token was worthless, and asking again is worth it.
        datagram: What was sent: it is sent once more when the answer is long in coming.
        sent: When, in nanoseconds.
        slow: Whether the soft deadline has passed.
        twice: Whether it was sent once more.
        overdue: Whether it is so late that who has others to ask goes on without it.
        late_due: When it will be so late that whoever is there would have answered.
    """

    __slots__ = (
        "about",
        "activity",
        "again_due",
        "datagram",
        "endpoint",
        "expects",
        "had_token",
        "hard_due",
        "late_due",
        "number",
        "overdue",
        "overdue_due",
        "requests",
        "sent",
        "slow",
        "twice",
    )

    def __init__(
        self,
        requests: Requests,
        number: int,
        endpoint: Endpoint,
        expects: type[Reply],
        activity: Activity,
        about: Any,
        now: int,
        again_due: int,
        overdue_due: int,
        late_due: int,
        hard_due: int,
        had_token: bool,
    ) -> None:
        super().__init__()
        self.requests = requests
        self.number = number
        self.datagram: Datagram = b""
        self.endpoint = endpoint
        self.expects = expects
        self.activity = activity
        self.about = about
        self.sent = now
        self.again_due = again_due
        self.overdue_due = overdue_due
        self.late_due = late_due
        self.hard_due = hard_due
        self.had_token = had_token
        self.slow = False
        self.twice = False
        self.overdue = False

    def ring(self, now: int) -> None:
        """A deadline has passed."""
        self.requests.on_deadline(self, now)


class Requests:
    """All of a node's outstanding requests.

    Args:
        agenda: Where their deadlines stand.
        limit: Most at any time.
    """

    def __init__(self, agenda: Agenda, limit: int) -> None:
        self._agenda = agenda
        self._limit = limit
        self._open: dict[int, Outstanding] = {}
        self.send_again: Callable[[Outstanding], None] = lambda _asked: None
        """Sends a request's datagram once more; set by the exchange."""
        self.on_silent: Callable[[Outstanding, int], None] = lambda _asked, _now: None
        """Is told of a request that was never answered; set by the exchange."""

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, asked: Outstanding) -> bool:
        """Whether `asked` still waits for its answer."""
        return self._open.get(asked.number) is asked

    @property
    def full(self) -> bool:
        """Whether nothing may be sent until something was answered."""
        return len(self._open) >= self._limit

    def open(self, asked: Outstanding, soft_due: int) -> None:
        """Expect an answer to `asked`."""
        self._open[asked.number] = asked
        asked.activity.open_requests[asked.number] = asked
        self._agenda.at(soft_due, asked)

    def match(self, reply: Reply, source: Endpoint) -> Outstanding | None:
        """The request that `reply` answers: same number, same address, fitting class.

        It is no longer outstanding then. Anything else changes nothing.
        """
        asked = self._open.get(reply.number)
        if asked is None or asked.endpoint != source or asked.expects is not type(reply):
            return None
        del self._open[asked.number]
        asked.activity.open_requests.pop(asked.number, None)
        self._agenda.cancel(asked)
        return asked

    def give_up(self, activity: Activity) -> None:
        """Expect nothing for `activity` any more."""
        for asked in list(activity.open_requests.values()):
            self._close(asked)

    def on_deadline(self, asked: Outstanding, now: int) -> None:
        """A deadline of `asked` has passed: it is slow, sent again, overdue or silent."""
        if now >= asked.hard_due:
            self._close(asked)
            self.on_silent(asked, now)
            asked.activity.on_silence(asked, now)
            return
        if not asked.twice and now >= asked.again_due:
            asked.twice = True
            self.send_again(asked)
        is_overdue = now >= asked.overdue_due
        if is_overdue:
            due = asked.hard_due
        else:
            due = asked.overdue_due if asked.twice else min(asked.again_due, asked.overdue_due)
        self._agenda.at(due, asked)
        if not asked.slow:
            asked.slow = True
            asked.activity.on_slow(asked, now)
        if is_overdue and not asked.overdue and asked in self:
            asked.overdue = True
            asked.activity.on_overdue(asked, now)

    def wait_longer(self, asked: Outstanding) -> None:
        """Tell of `asked` once more that it is overdue when even the living are late."""
        asked.overdue = False
        asked.overdue_due = asked.late_due
        self._agenda.at(asked.late_due, asked)

    def _close(self, asked: Outstanding) -> None:
        del self._open[asked.number]
        asked.activity.open_requests.pop(asked.number, None)
        self._agenda.cancel(asked)
