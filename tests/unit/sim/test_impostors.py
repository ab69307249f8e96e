"""What impostors and garblers send, seen by hand; worlds with them are in tests/simulated."""

import random

from seattle_p2p.errors import PeerError
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.sim.attackers import Gang
from seattle_p2p.sim.impostors import ClaimIds, Garbler, Relay
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Found, Introduce, Introduced, Ping, Pong
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint

CODEC = WireCodec("simulation")
ASKER = Endpoint("16.0.0.1", 4711)
VICTIM = Peer(5, Endpoint("17.0.0.1", 4711))
SEEN = pack_endpoint(ASKER)
PONG = Pong(1, b"t" * 8, SEEN, False, bytes(20), True)


class Says:
    """An honest core that says the same for ever."""

    def __init__(self, *messages):
        self.messages = messages

    def receive_datagram(self, data, source, now):
        pass

    def datagrams_to_send(self):
        return [(CODEC.encode(message), ASKER) for message in self.messages]


def heard(core):
    return [(CODEC.decode(data), to) for data, to in core.datagrams_to_send()]


def test_who_claims_an_id_says_so_in_pongs_and_proofs():
    conduct = ClaimIds(Gang(random.Random(1), ()), 5, b"k" * 32)
    proof = Introduced(1, b"", SEEN, False, b"o" * 32, True, b"s" * 64)

    assert conduct.says(PONG, None).sender == (5).to_bytes(20)
    assert conduct.says(proof, None).key == b"k" * 32


def test_garbled_replies_are_refused_or_another_message_and_requests_stay_whole():
    found = Found(1, b"", SEEN, True, bytes(20), True, [b"p" * 27] * 5)
    ping = Ping(1, b"", bytes(20), True, b"")
    garbler = Garbler(Says(found, ping), CODEC, random.Random(1))
    wrong = refused = 0

    for _ in range(200):
        (reply, _), (request, _) = garbler.datagrams_to_send()
        wrong += reply != CODEC.encode(found)
        assert CODEC.decode(request) == ping
        try:
            CODEC.decode(reply)
        except PeerError:
            refused += 1

    assert wrong >= 195
    assert 50 < refused < 200


def test_a_relay_passes_a_request_for_a_proof_on_and_its_answer_back():
    relay = Relay(Says(PONG), CODEC, random.Random(1), VICTIM)
    ask = Introduce(9, b"t" * 8, b"k" * 32, True, SEEN, b"s" * 64)
    proof = Introduced(9, b"v" * 8, SEEN, True, b"v" * 32, True, b"p" * 64)

    relay.receive_datagram(CODEC.encode(ask), ASKER, 0)
    (passed, to), (pong, _) = heard(relay)
    relay.receive_datagram(CODEC.encode(proof), VICTIM.endpoint, 0)
    (back, whom), _ = heard(relay)

    assert (to, passed.number, passed.signature) == (VICTIM.endpoint, 9, b"")
    assert pong.sender == VICTIM.id.to_bytes(20)
    assert (whom, back.number, back.signature, back.token) == (ASKER, 9, b"p" * 64, b"")
    assert (relay.passed_on, relay.signed) == (1, 1)
