"""The oracle's order is that of plain sorting."""

import random

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.order import best
from seattle_p2p.sim.oracle import Oracle


def some_peers(rng, count, groups):
    return [
        Peer(
            rng.getrandbits(ID_BITS), Endpoint(f"16.0.{rng.randrange(groups)}.{i % 250 + 1}", 1)
        )
        for i in range(count)
    ]


def test_the_closest_are_those_that_sorting_all_gives():
    rng = random.Random(5)
    for groups in (1, 7, 250):
        peers = some_peers(rng, 500, groups)
        oracle = Oracle(peers)
        for target in [rng.getrandbits(ID_BITS) for _ in range(30)] + [p.id for p in peers[:5]]:
            by_hand = best(sorted(peers, key=lambda p: p.id ^ target), 20)
            assert oracle.closest(target, 20) == by_hand


def test_fewer_servers_than_wanted_are_all_of_them():
    oracle = Oracle(some_peers(random.Random(1), 5, 3))

    assert len(oracle.closest(0, 20)) == 5
    assert len(oracle.closest(2**ID_BITS - 1, 20)) == 5


def test_who_does_not_count_just_now_makes_room_for_the_next():
    peers = some_peers(random.Random(2), 200, 200)
    up = set(peers[::3])

    found = Oracle(peers).closest(77, 20, lambda peer: peer in up)

    assert found == Oracle(up).closest(77, 20)
    assert len(found) == 20
