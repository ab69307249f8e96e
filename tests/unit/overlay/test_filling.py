"""Whom a node introduces itself to when it fills its own bucket."""

import random
from types import SimpleNamespace

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.joining import Filling
from seattle_p2p.wire.endpoints import Endpoint
from tests.support.carried import a_core


class Introductions:
    """Notes who is to be introduced."""

    def __init__(self):
        self.endpoints = []

    def introduce(self, endpoint, _claimed, _now, **_named):
        self.endpoints.append(endpoint)


def filled_with(named):
    """Endpoints of those to whom a node introduces itself when it is told of some peers."""
    parts = a_core(1)._parts
    heard = Introductions()
    asked = SimpleNamespace(about=parts.table.buckets[0])
    Filling(parts, heard).on_reply(asked, SimpleNamespace(peers=[p.packed for p in named]), 0)
    return heard.endpoints


def test_many_ids_of_one_ip_group_do_not_keep_the_others_out_of_our_own_bucket():
    rng = random.Random(1)
    crowd = [Peer(rng.getrandbits(160), Endpoint(f"10.1.1.{n}", 7)) for n in range(1, 31)]
    others = [Peer(rng.getrandbits(160), Endpoint(f"10.{n}.1.1", 7)) for n in range(2, 7)]

    introduced = filled_with(crowd + others)

    assert len(introduced) == 8
    assert {peer.endpoint for peer in others} <= set(introduced)
