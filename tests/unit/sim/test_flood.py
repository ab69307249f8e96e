"""A flood's junk is valid, goes where an honest advert would go, and follows splits."""

import random

from seattle_p2p.identity.keys import ID_BITS, sealing_secret
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.sim.codec import ObjectCodec
from seattle_p2p.sim.flood import Flooder, Junk
from seattle_p2p.sim.oracle import Oracle
from seattle_p2p.sim.signing import CheapSignatures
from seattle_p2p.wire.adverts import open_advert, place_of, require_sound_record
from seattle_p2p.wire.datagrams import Outcome, Ping, Pong, Store, Stored
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint

CODEC = ObjectCodec()
SIGNATURES = CheapSignatures(b"secret")
OWNER = SIGNATURES.signer(b"o" * 32).public
STORAGE = SIGNATURES.storage_key(OWNER).public.raw
ATTACKER = Endpoint("16.0.0.1", 4711)
RNG = random.Random(1)
SERVERS = [Peer(RNG.getrandbits(160), Endpoint(f"20.{n}.0.1", 4711)) for n in range(60)]


def some_junk(adverts):
    return Junk(OWNER, adverts, Oracle(SERVERS), SIGNATURES, random.Random(1))


def a_flooder(junk):
    return Flooder(ATTACKER, junk, CODEC, per_s=20)


def sent(flooder):
    return [(CODEC.decode(data), to) for data, to in flooder.datagrams_to_send()]


def answer(flooder, message, to, now=0):
    flooder.receive_datagram(CODEC.encode(message), to, now)


def with_tokens(flooder):
    """The stores it sends, with those that follow once holders have given a token."""
    stores = []
    for message, to in sent(flooder):
        if isinstance(message, Store):
            stores.append((message, to))
        else:
            assert isinstance(message, Ping)
            seen = pack_endpoint(ATTACKER)
            answer(flooder, Pong(message.number, b"t" * 8, seen, False, bytes(20), True), to)
    return stores + sent(flooder)


def test_junk_is_sound_opens_for_the_owner_and_goes_to_the_holders_of_the_place():
    flooder = a_flooder(some_junk(1))
    flooder.handle_timer(0)

    stores = with_tokens(flooder)

    place = place_of(STORAGE)
    assert [to for _, to in stores] == [p.endpoint for p in Oracle(SERVERS).closest(place, 24)]
    record = stores[0][0].record
    require_sound_record(record, SIGNATURES.verify)
    open_advert(
        record.sealed,
        storage=STORAGE,
        secret=sealing_secret(OWNER),
        verify=SIGNATURES.verify,
    )


def test_a_split_sends_it_to_the_subkey_once():
    flooder = a_flooder(some_junk(1))
    flooder.handle_timer(0)
    stores = with_tokens(flooder)
    node = int.from_bytes(stores[0][0].record.node)
    for store, to in stores[:3]:
        seen = pack_endpoint(ATTACKER)
        told = Stored(store.number, b"", seen, True, Outcome.SPLIT, 0, 3)
        answer(flooder, told, to)

    deeper = [store for store, _ in with_tokens(flooder)]

    wanted = Oracle(SERVERS).closest(place_of(STORAGE, 3, node >> (ID_BITS - 3)), 24)
    assert {store.depth for store in deeper} == {3}
    assert len(deeper) == len(wanted)


def test_it_keeps_to_its_rate_and_ends():
    junk = some_junk(5)
    flooder = a_flooder(junk)
    for tick in range(4):
        flooder.handle_timer(tick * SECOND // 20)
    assert junk.left == 1

    for tick in range(4, 20):
        if flooder.deadline is not None:
            flooder.handle_timer(tick * SECOND // 20)

    assert junk.left == 0
    assert flooder.deadline is None
