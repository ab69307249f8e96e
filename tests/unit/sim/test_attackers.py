"""Liars say what their conduct makes of an honest answer, and nothing else changes."""

import random

from seattle_p2p.overlay.contact import Peer, unpack_peer
from seattle_p2p.sim.attackers import Gang, Hostile, Ignore, Invent, Misroute, Withhold
from seattle_p2p.sim.codec import ObjectCodec
from seattle_p2p.wire.datagrams import Adverts, Find, Found, Ping, Pong, Read, Stored
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint

CODEC = ObjectCodec()
ASKER = Endpoint("16.0.0.1", 4711)
SEEN = pack_endpoint(ASKER)
TARGET = 7 << 100
FRIENDS = [Peer(TARGET ^ n, Endpoint(f"20.0.{n % 4}.1", n)) for n in range(1, 31)]
HONEST = Endpoint("30.0.0.1", 1)
PAGE = Adverts(1, b"", SEEN, True, bytes(20), [], 9, b"d" * 8, b"l" * 20, 3, [b"advert"])
FOUND = Found(1, b"", SEEN, True, bytes(20), True, [])


def a_gang():
    return Gang(random.Random(1), FRIENDS, [HONEST])


class Echo:
    """An honest core that has one answer ready for whatever it hears."""

    deadline = None
    public = "me"

    def __init__(self, answer):
        self.answer = answer
        self.heard = []

    def receive_datagram(self, data, source, now):
        self.heard.append(CODEC.decode(data))

    def datagrams_to_send(self):
        return [(CODEC.encode(self.answer), ASKER)] if self.heard else []


def said(conduct, answer, question):
    liar = Hostile(Echo(answer), CODEC, conduct)
    liar.receive_datagram(CODEC.encode(question), ASKER, 0)
    return [CODEC.decode(data) for data, _ in liar.datagrams_to_send()]


def a_read():
    return Read(1, b"", TARGET.to_bytes(20), 3, 0, 0, b"", b"", b"")


def a_find():
    return Find(1, b"", bytes(20), True, 3, TARGET.to_bytes(20), b"")


def test_who_withholds_has_nothing_and_says_it_keeps_everything():
    (page,) = said(Withhold(a_gang()), PAGE, a_read())
    stored = Withhold(a_gang()).says(Stored(1, b"", SEEN, True, 4, 0, 0), None)

    assert (page.adverts, page.total, page.last, page.split) == ([], 0, b"", 0)
    assert stored.outcome == 0


def test_who_misroutes_names_its_friends_closest_to_what_is_looked_for():
    (found,) = said(Misroute(a_gang()), FOUND, a_find())

    assert found.peers == [friend.packed for friend in FRIENDS[:20]]


def test_who_invents_names_peers_closer_than_anybody_in_as_many_ip_groups():
    (found,) = said(Invent(a_gang()), FOUND, a_find())
    peers = [unpack_peer(data) for data in found.peers]

    assert all(peer.id ^ TARGET < 1 << 24 for peer in peers)
    assert sum(peer.endpoint == HONEST for peer in peers) == 10
    assert len({peer.group for peer in peers}) >= 10


def test_who_ignores_hears_pings_only():
    assert said(Ignore(a_gang()), FOUND, a_find()) == []
    pong = Pong(1, b"", SEEN, True, bytes(20), True)
    assert said(Ignore(a_gang()), pong, Ping(1, b"", bytes(20), True, b"")) == [pong]


def test_everything_else_is_asked_of_the_core_inside():
    assert Hostile(Echo(FOUND), CODEC, Misroute(a_gang())).public == "me"
