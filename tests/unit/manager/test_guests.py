"""Who has to leave or to wait for whom, without sockets."""

from collections import defaultdict

import pytest

from seattle_p2p.errors import TooMuch
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager import guests as module
from seattle_p2p.manager.challenges import Line
from seattle_p2p.manager.guests import STRANGERS_PER_S, Guests, party_of

ANN = KeyPair(bytes(32)).public


class Scene:
    """Guests, and a clock to turn."""

    def __init__(self):
        self.now = 0.0
        self.counts = defaultdict(int)
        self.guests = Guests(self.counts, lambda: self.now)

    def enter(self, address, *, proved=False, busy=False):
        self.now += 1.0
        guest = self.guests.enter(address, Line(self.now))
        if guest is not None:
            guest.line.person = ANN if proved else None
            guest.busy = busy
        return guest


@pytest.fixture
async def scene():
    return Scene()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_of_ipv6_whoever_shares_48_bits_is_one_party_and_of_ipv4_an_address(one, other, same):
    assert (party_of(one) == party_of(other)) is same


async def test_one_party_cannot_take_all_places_by_changing_its_address(scene, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTIONS_PER_ADDRESS", 3)
    first = scene.enter("2001:db8:1::1")
    others = [scene.enter(f"2001:db8:1:{n}::1") for n in range(1, 3)]
    neighbour = scene.enter("2001:db8:2::1")

    latest = scene.enter("2001:db8:1:77::1")

    assert first not in scene.guests
    assert all(guest in scene.guests for guest in (*others, neighbour, latest))


async def test_who_proved_something_and_is_at_work_leaves_for_nobody(scene, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 2)
    at_work = [scene.enter(f"192.0.2.{n}", proved=True, busy=True) for n in range(2)]

    assert scene.enter("198.51.100.1") is None
    assert all(guest in scene.guests for guest in at_work)
    assert scene.counts["connection.refused"] == 1


async def test_strangers_leave_before_people_who_have_rights(scene, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 2)
    known = scene.enter("192.0.2.1", proved=True)
    stranger = scene.enter("192.0.2.2")

    assert scene.enter("192.0.2.3") is not None
    assert known in scene.guests
    assert stranger not in scene.guests


async def test_strangers_of_one_party_share_what_is_answered_in_a_second(scene):
    crowd = [scene.enter(f"2001:db8:1:{n:x}::1") for n in range(100)]
    other = scene.enter("2001:db8:2::1")

    waits = [scene.guests.wait_s(guest) for guest in crowd]

    assert waits[-1] == pytest.approx(len(crowd) / STRANGERS_PER_S - 1.0)
    assert scene.guests.wait_s(other) == 0.0


async def test_a_key_that_holds_too_many_connections_gets_no_more(scene, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTIONS_PER_KEY", 2)
    for n in range(2):
        scene.guests.wait_s(scene.enter(f"192.0.2.{n}", proved=True, busy=True))

    with pytest.raises(TooMuch):
        scene.guests.wait_s(scene.enter("192.0.2.9", proved=True, busy=True))
