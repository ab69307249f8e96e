"""A share that is changed later: every vessel keeps its part, and nothing is gained or lost."""

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seattle_p2p.errors import InstallError, UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.books import check_books
from seattle_p2p.manager.dividing import split_vessel
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.manager.shares import change_share
from seattle_p2p.vessel.division import equal_parts
from seattle_p2p.vessel.resources import OFFCUT, Resources
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions

OWNER = KeyPair(bytes(32)).public
WHOLE = Resources.of(
    {
        "cpu": 0.4,
        "memory": 200_000_000,
        "diskused": 90_000_000,
        "events": 100,
        "filesopened": 33,
        "fileread": 100_000,
        "filewrite": 100_000,
        "lograte": 50_000,
        "netsend": 250_000,
        "netrecv": 250_000,
    }
).plus(Resources({}, frozenset(range(63100, 63110)), frozenset(range(63100, 63110))))


def installed(folder, cuts=()):
    """An installation that gives 10 percent, split as `cuts` say."""
    home = DonorHome(folder)
    home.installer.touch()
    with contextlib.closing(Ledger(home.ledger)) as ledger:
        granted = Resources(WHOLE.plus(OFFCUT).quantities)
        ledger.save_settings(
            NodeSettings(
                percent=10.0,
                granted=format_restrictions(granted),
                offcut=format_restrictions(OFFCUT),
            )
        )
        ledger.add_vessel(OWNER, format_restrictions(WHOLE))
        for count in cuts:
            row = ledger.vessels()[0]
            amounts = parse_restrictions(row.restrictions)
            split_vessel(ledger, row.name, equal_parts(amounts, count, OFFCUT))
    return home


def amounts_of(home):
    with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
        return [parse_restrictions(row.restrictions) for row in ledger.vessels()]


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(2, 4), max_size=2),
    percents=st.lists(st.floats(3, 100), min_size=1, max_size=3),
)
def test_the_books_balance_after_every_change(cuts, percents, tmp_path_factory):
    home = installed(tmp_path_factory.mktemp("donor"), cuts)

    for percent in percents:
        with contextlib.suppress(InstallError):
            change_share(home, percent)
        assert check_books(home).problems == []


def test_the_books_balance_after_a_hundred_changes(tmp_path):
    home, rng = installed(tmp_path, (3, 2)), random.Random(5)

    for _ in range(100):
        change_share(home, round(rng.uniform(9, 100), 3))

    assert check_books(home).problems == []


def test_every_vessel_keeps_its_part_and_its_ports(tmp_path):
    home = installed(tmp_path, (2,))
    before = amounts_of(home)

    changed = change_share(home, 20)

    after = [amounts for _, amounts in changed.vessels]
    assert after == amounts_of(home)
    for old, new in zip(before, after, strict=True):
        assert new.memory / old.memory == pytest.approx(2, rel=0.05)
        assert new.cpu / old.cpu == pytest.approx(2, rel=0.05)
        assert (new.messport, new.connport) == (old.messport, old.connport)
        assert new.amount("netsend") == old.amount("netsend")
    assert (changed.before, changed.percent) == (10.0, 20)


def test_the_network_is_what_the_donor_says(tmp_path):
    home = installed(tmp_path, (2,))

    change_share(home, 10, network_bytes_per_s=100_000)

    assert sum(amounts.amount("netsend") for amounts in amounts_of(home)) == 100_000
    assert check_books(home).problems == []


@pytest.mark.parametrize("percent", [0.001, 1])
def test_a_share_that_is_too_small_is_refused_and_changes_nothing(tmp_path, percent):
    home = installed(tmp_path, (4, 4))
    before = amounts_of(home)

    with pytest.raises(InstallError, match="too small for 7 vessels") as caught:
        change_share(home, percent)

    assert caught.value.hint
    assert amounts_of(home) == before
    assert check_books(home).problems == []


@pytest.mark.parametrize("percent", [0, -1, 101, float("nan")])
def test_nonsense_is_refused(tmp_path, percent):
    with pytest.raises((UsageError, InstallError)):
        change_share(installed(tmp_path), percent)


def test_a_manager_that_runs_sees_the_new_amounts_at_its_next_transaction(tmp_path):
    home = installed(tmp_path)
    with contextlib.closing(Ledger(home.ledger, create=False)) as running:
        before = running.vessels()[0].restrictions
        change_share(home, 20)
        with running.transaction():
            after = running.vessels()[0].restrictions

    assert parse_restrictions(after).memory > parse_restrictions(before).memory
