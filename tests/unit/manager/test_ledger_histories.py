"""Any history of changes, refusals, crashes, restarts: the ledger says what was committed."""

import contextlib
import dataclasses
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from seattle_p2p.errors import NoSuchVessel, UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.memory import Remembered
from seattle_p2p.manager.vessel_rows import Run, VesselRow

PEOPLE = [KeyPair(bytes([n]) * 32).public for n in range(1, 20)]
people = st.sampled_from(PEOPLE)


class Crash(Exception):
    """The process ends in the middle of a transaction."""


class Histories(RuleBasedStateMachine):
    """The ledger beside a model of dictionaries."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.model: dict[str, VesselRow] = {}
        self.commands: dict[bytes, bytes | None] = {}
        self.highest = 0

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    @rule(target=names, owner=people, users=st.lists(people, max_size=4))
    def add(self, owner, users):
        row = self.ledger.add_vessel(owner, "resource cpu 0.1", users=users)
        assert row.number > self.highest
        self.highest = row.number
        self.model[row.name] = row
        return row.name

    @rule(name=names)
    def remove(self, name):
        if self.known(name):
            self.ledger.remove_vessel(name)
            del self.model[name]

    @rule(name=names, owner=people, users=st.lists(people, max_size=3))
    def hand_over(self, name, owner, users):
        if self.known(name):
            self.ledger.change_owner(name, owner, users=users)
            self.change(
                name,
                owner=owner,
                users=tuple(dict.fromkeys(users)),
                information="",
                advertise=True,
                generation=self.model[name].generation + 1,
            )

    @rule(name=names, users=st.lists(people, max_size=19))
    def change_users(self, name, users):
        if not self.known(name):
            return
        each_once = tuple(dict.fromkeys(users))
        try:
            self.ledger.change_users(name, users)
        except UsageError:
            assert len(each_once) > 16
        else:
            generation = self.model[name].generation + 1
            self.change(name, users=each_once, generation=generation)

    @rule(name=names, advertise=st.booleans(), text=st.text("ab\n", max_size=3))
    def change_settings(self, name, advertise, text):
        if not self.known(name):
            return
        with contextlib.suppress(UsageError), self.ledger.transaction():
            self.ledger.change_advertise(name, advertise)
            self.ledger.change_information(name, text)
            self.change(name, advertise=advertise, information=text)

    @rule(name=names, number=st.integers(0, 3))
    def start(self, name, number):
        if self.known(name):
            run = Run(f"{number:032x}", "a.r2py", ("x",)) if number else None
            self.ledger.change_run(name, run)
            self.change(name, run=run)

    @rule(number=st.integers(0, 9), settled=st.booleans())
    def command(self, number, settled):
        identity = bytes([number]) * 16
        if identity not in self.commands:
            outcome = b"done" if settled else None
            self.ledger.commands.remember(
                Remembered(identity, PEOPLE[0], b"d", "v1", b"a", outcome)
            )
            self.commands[identity] = outcome
        elif settled:
            self.ledger.commands.settle(identity, b"settled")
            self.commands[identity] = b"settled"
        else:
            self.ledger.commands.withdraw_intent(identity)
            if self.commands[identity] is None:
                del self.commands[identity]

    @rule(name=names, owner=people)
    def crash_in_the_middle(self, name, owner):
        with contextlib.suppress(Crash, NoSuchVessel), self.ledger.transaction():
            self.ledger.add_vessel(owner, "")
            self.ledger.change_owner(name, owner)
            self.ledger.trail.record(owner, "owner", name, "ok")
            raise Crash

    @rule()
    def start_again(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.folder / "ledger.sqlite", create=False)

    @rule()
    def copy_as_a_crash_leaves_it(self) -> None:
        """The files as they are on disk, without a farewell."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in self.folder.glob("ledger.sqlite*"):
            shutil.copy(path, copy)
        with contextlib.closing(Ledger(copy / "ledger.sqlite", create=False)) as found:
            assert {row.name: row for row in found.vessels()} == self.model
        database = sqlite3.connect(copy / "ledger.sqlite")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()

    @invariant()
    def the_ledger_says_what_was_committed(self) -> None:
        assert {row.name: row for row in self.ledger.vessels()} == self.model
        unsettled = {command.id for command in self.ledger.commands.unsettled()}
        assert unsettled == {key for key, value in self.commands.items() if value is None}
        for identity, outcome in self.commands.items():
            known = self.ledger.commands.recall(identity)
            assert known is not None
            assert known.outcome == outcome

    def known(self, name: str) -> bool:
        return name in self.model

    def change(self, name: str, **changes: object) -> None:
        self.model[name] = dataclasses.replace(self.model[name], **changes)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
