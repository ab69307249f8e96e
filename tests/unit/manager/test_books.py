"""A donor's books: balanced after an installation and after splits, and told when not."""

import contextlib
from pathlib import Path

import pytest

from seattle_p2p.errors import InstallError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.books import check_books, read_trail
from seattle_p2p.manager.dividing import split_vessel
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.vessel.division import equal_parts
from seattle_p2p.vessel.resources import OFFCUT, Resources
from seattle_p2p.vessel.restrictions import format_restrictions

OWNER = KeyPair(bytes(32)).public
VESSEL = Resources.of({"cpu": 0.1, "memory": 20_000_000, "diskused": 9_000_000, "events": 9})
VESSEL = VESSEL.plus(OFFCUT).plus(OFFCUT)


@pytest.fixture
def home(tmp_path: Path) -> DonorHome:
    home = DonorHome(tmp_path)
    home.installer.touch()
    with contextlib.closing(Ledger(home.ledger)) as ledger:
        ledger.save_settings(
            NodeSettings(
                granted=format_restrictions(VESSEL.plus(OFFCUT)),
                offcut=format_restrictions(OFFCUT),
            )
        )
        ledger.add_vessel(OWNER, format_restrictions(VESSEL))
        ledger.trail.record(OWNER, "start", "v1", "ok")
    return home


def test_books_balance_before_and_after_a_split(home: DonorHome) -> None:
    before = check_books(home)
    with contextlib.closing(Ledger(home.ledger)) as ledger:
        split_vessel(ledger, "v1", equal_parts(VESSEL, 3, OFFCUT))
    after = check_books(home)

    for books, vessels in ((before, 1), (after, 3)):
        assert (books.vessels, books.problems) == (vessels, [])
        assert all(entry.balanced for entry in books.entries)
    assert after.entries[0].offcuts == pytest.approx(3 * before.entries[0].offcuts)


def test_what_came_from_nowhere_is_told(home: DonorHome) -> None:
    with contextlib.closing(Ledger(home.ledger)) as ledger:
        ledger.add_vessel(OWNER, "resource cpu 0.1\nresource memory 0\nresource diskused 0\n")

    books = check_books(home)

    assert any(problem.startswith("cpu: ") for problem in books.problems)
    assert not books.entries[0].balanced


def test_the_trail_is_read_newest_last(home: DonorHome) -> None:
    with contextlib.closing(Ledger(home.ledger)) as ledger:
        ledger.trail.record(OWNER, "stop", "v1", "ok")

    assert [entry.action for entry in read_trail(home, 10)] == ["start", "stop"]
    assert [entry.action for entry in read_trail(home, 1)] == ["stop"]


def test_books_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError):
        check_books(DonorHome(tmp_path))
