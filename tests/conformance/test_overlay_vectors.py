"""Golden bytes of the overlay: docs/spec/overlay.md and docs/spec/advert.md, as examples."""

import json
from pathlib import Path

import msgspec
import pytest

from seattle_p2p.identity.keys import KeyPair, PublicKey, sealing_secret, storage_key
from seattle_p2p.overlay.proofs import RealCryptography, check_proof, make_proof
from seattle_p2p.overlay.records import mark_of
from seattle_p2p.wire.adverts import (
    Advert,
    open_advert,
    place_of,
    require_sound_record,
    seal_advert,
)
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.endpoints import pack_endpoint, parse_endpoint, unpack_endpoint

VECTORS = json.loads(Path(__file__).with_name("overlay_vectors.json").read_text())
KEYS = {name: bytes.fromhex(text) for name, text in VECTORS["keys"].items()}
NODE = KeyPair(KEYS["node_seed"])
OTHER = KeyPair(KEYS["other_seed"])
OWNER = PublicKey(KEYS["owner"])
CODEC = WireCodec(VECTORS["network"])


def octets(*path):
    found = VECTORS
    for name in path:
        found = found[name]
    return bytes.fromhex(found)


def test_ids_and_secrets_follow_from_keys():
    assert NODE.public.raw == KEYS["node"]
    assert NODE.public.node_id.to_bytes(20) == KEYS["node_id"]
    assert OTHER.public.node_id.to_bytes(20) == KEYS["other_id"]
    assert storage_key(OWNER).public.raw == KEYS["storage"]
    assert sealing_secret(OWNER) == KEYS["sealing_secret"]


@pytest.mark.parametrize("name", VECTORS["places"])
def test_places_and_subkeys(name):
    depth, prefix = map(int, name.split("/"))

    assert place_of(KEYS["storage"], depth, prefix).to_bytes(20) == octets("places", name)


@pytest.mark.parametrize("text", VECTORS["endpoints"])
def test_packed_endpoints(text):
    packed = octets("endpoints", text)

    assert pack_endpoint(parse_endpoint(text)) == packed
    assert unpack_endpoint(packed) == parse_endpoint(text)


def the_advert():
    said = VECTORS["advert"]
    return Advert(
        NODE.public,
        tuple(map(parse_endpoint, said["overlay"])),
        tuple(map(parse_endpoint, said["commands"])),
        said["sequence"],
        said["lifetime_s"],
    )


def test_the_advert_is_sealed_to_these_octets():
    record = seal_advert(
        the_advert(),
        node=NODE,
        storage=storage_key(OWNER),
        secret=KEYS["sealing_secret"],
        nonce=octets("advert", "nonce"),
    )

    assert record.sealed == octets("advert", "sealed")
    assert record.signature == octets("advert", "record_signature")
    require_sound_record(record, PublicKey.verify)
    assert mark_of(record.node, record.sequence).to_bytes(8) == octets("advert", "mark")


def test_the_sealed_octets_open_to_the_advert():
    opened = open_advert(
        octets("advert", "sealed"),
        storage=KEYS["storage"],
        secret=KEYS["sealing_secret"],
        verify=PublicKey.verify,
    )

    assert opened == the_advert()


@pytest.mark.parametrize(
    ("name", "prover", "asker"),
    [("of_node_to_other", NODE, OTHER), ("of_other_to_node", OTHER, NODE)],
)
def test_id_proofs(name, prover, asker):
    nonce, seen = octets("proofs", name, "nonce"), octets("proofs", name, "seen")
    signature = octets("proofs", name, "signature")
    asker_id = asker.public.node_id

    assert make_proof(prover, asker=asker_id, nonce=nonce, seen=seen) == signature
    checked = check_proof(
        RealCryptography(),
        prover.public.raw,
        signature,
        asker=asker_id,
        nonce=nonce,
        seen=seen,
    )
    assert checked == prover.public


@pytest.mark.parametrize("name", VECTORS["datagrams"])
def test_datagrams_decode_to_their_class_and_encode_to_the_same_octets(name):
    data = octets("datagrams", name)

    message = CODEC.decode(data)

    assert type(message).__name__ == name
    assert CODEC.encode(message) == data


def test_a_datagram_is_header_and_array():
    data = octets("datagrams", "Knock")

    assert data[:4].hex() == "d5ea5032"
    assert data[12] == 1
    assert msgspec.msgpack.decode(data[13:]) == [17, 0x0123456789ABCDEF, b""]


def test_the_store_carries_the_advert_and_a_proof():
    store = CODEC.decode(octets("datagrams", "Store"))

    assert store.record.sealed == octets("advert", "sealed")
    assert store.signature == octets("proofs", "of_node_to_other", "signature")
    assert store.record.node == KEYS["node_id"]
