"""Golden bytes of docs/spec/commands.md, and any bytes at every door.

The vectors are checked twice: against our encoder, and put together by hand with another
MessagePack library and bare Ed25519, so that the page can be implemented from scratch.
"""

import contextlib
import hashlib

import nacl.signing
import pytest
import umsgpack
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.identity.envelope import (
    Purpose,
    decode_envelope,
    digest_of,
    encode_envelope,
    require_genuine,
    seal,
)
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.actions import (
    Action,
    Batch,
    ChangeAdvertise,
    ChangeInformation,
    ChangeKeepRunning,
    ChangeLayers,
    ChangeOwner,
    ChangeUsers,
    DeleteFile,
    FollowLogs,
    GetFile,
    Item,
    Join,
    Layer,
    ListFiles,
    ListVessels,
    LogFrom,
    PutFile,
    ReadLog,
    Reset,
    Split,
    Start,
    Status,
    Stop,
)
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.commands import (
    Command,
    command_digest,
    command_door,
    encode,
)
from seattle_p2p.wire.doors import Door
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.greeting import Hello, hello_door, welcome_door
from seattle_p2p.wire.results import (
    Divided,
    Done,
    FileInfo,
    Files,
    LogPart,
    LogPiece,
    Result,
    Results,
    StreamEnd,
    Streams,
    United,
    log_piece_door,
    result_door,
    stream_end_door,
)

NODE_KEY = bytes.fromhex("4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29")
SENDER_KEY = bytes.fromhex("7422b9887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674")
HELLO = bytes.fromhex("93a568656c6c6f01a773656174746c65")
COMMAND = bytes.fromhex(
    "92c4106969696969696969696969696969696994a57374617274a27631a970696e672e7232707991"
    "a53633313030"
)
COMMAND_DIGEST = bytes.fromhex(
    "819f643cd9d181c9f62bf7dd268ff5b7b1c19db653e996db81942ddd34abdf58"
)
ENVELOPE = bytes.fromhex(
    "97c4207422b9887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674c4204cb5ab"
    "f6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29c410636363636363636363"
    "6363636363636300c400c42e92c4106969696969696969696969696969696994a57374617274a276"
    "31a970696e672e7232707991a53633313030c4401f46179f91898d5d59b09ad9ed30c5f81d6a7cdf"
    "883faf4a4a15b7b2cd33ec037f27f5a1d49156a785515dcdaa6797afb3f1f2b09bd9c508956c84ed"
    "c6665802"
)
ENVELOPE_DIGEST = bytes.fromhex(
    "b23080e02515f9afe35da6f6c81439b2c68b86e116848a1fb217ebc8d165ee9b"
)
REPLY = bytes.fromhex(
    "97c4204cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29c4207422b9"
    "887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674c410636363636363636363"
    "6363636363636300c420b23080e02515f9afe35da6f6c81439b2c68b86e116848a1fb217ebc8d165"
    "ee9bc40691a4646f6e65c4401e5bb7e82c86101ea3df806036d24e35a37a953d7745402ae41bf453"
    "f1e0bef4674ecb30d290695d157c89ee7e8e8520bcf11c0511a6d36d1e1b4736ee984606"
)
BODY_DIGEST = bytes.fromhex("b721e029c8d5378236d459ff52022cbdb89baf904fe577fb717bd8020542b8f9")
STREAM_END = bytes.fromhex(
    "97c4204cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29c4207422b9"
    "887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674c410636363636363636363"
    "6363636363636300c420b23080e02515f9afe35da6f6c81439b2c68b86e116848a1fb217ebc8d165"
    "ee9bc42994a3656e6406c420b721e029c8d5378236d459ff52022cbdb89baf904fe577fb717bd802"
    "0542b8f9c0c4403ac72f1ee6824406115c9dcc65931bd4de605d798011b750799929f7502ab487d1"
    "ee253e516014952b6d83515185c1cf228871ae1392bda20267c32bf5449c05"
)

NODE, SENDER = KeyPair((1).to_bytes(32)), KeyPair((2).to_bytes(32))
CHALLENGE, ID = b"c" * 16, b"i" * 16
START = Command(ID, Start("v1", "ping.r2py", ("63100",)))


def blake(person: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32, person=person).digest()


def by_hand(seed: int, purpose: bytes, *fields: object) -> bytes:
    """An envelope as the page says, without any code of ours."""
    bare = umsgpack.packb([*fields, b""])
    key = nacl.signing.SigningKey(seed.to_bytes(32))
    signature = key.sign(b"seattle-p2p 1 " + purpose + b"\0" + bare).signature
    return bytes(umsgpack.packb([*fields, signature]))


def test_keys_and_hello() -> None:
    assert (NODE.public.raw, SENDER.public.raw) == (NODE_KEY, SENDER_KEY)
    assert encode(Hello(1, "seattle")) == HELLO == umsgpack.packb(["hello", 1, "seattle"])


def test_a_command_and_what_it_stands_for() -> None:
    assert encode(START) == COMMAND
    assert umsgpack.packb([ID, ["start", "v1", "ping.r2py", ["63100"]]]) == COMMAND
    assert command_digest(SENDER_KEY, START) == COMMAND_DIGEST
    assert blake(b"command", SENDER_KEY + COMMAND) == COMMAND_DIGEST


def test_an_envelope() -> None:
    sealed = seal(
        Purpose.COMMAND,
        SENDER,
        receiver=NODE.public,
        challenge=CHALLENGE,
        number=0,
        body=COMMAND,
    )

    assert encode_envelope(sealed) == ENVELOPE
    made = by_hand(2, b"command", SENDER_KEY, NODE_KEY, CHALLENGE, 0, b"", COMMAND)
    assert made == ENVELOPE
    assert digest_of(ENVELOPE) == blake(b"envelope", ENVELOPE) == ENVELOPE_DIGEST
    require_genuine(
        Purpose.COMMAND, decode_envelope(ENVELOPE, limit=1000), receiver=NODE.public
    )


def test_a_reply_and_the_end_of_a_stream() -> None:
    fields = (NODE_KEY, SENDER_KEY, CHALLENGE, 0, ENVELOPE_DIGEST)
    assert by_hand(1, b"reply", *fields, umsgpack.packb(["done"])) == REPLY
    end = umsgpack.packb(["end", 6, BODY_DIGEST, None])
    assert by_hand(1, b"stream end", *fields, end) == STREAM_END
    assert encode(StreamEnd(6, BODY_DIGEST)) == end
    assert blake(b"body", b"hello\n") == BODY_DIGEST
    counted = BodyDigest()
    counted.add(b"hel")
    counted.add(b"lo\n")
    assert (counted.size, counted.value) == (6, BODY_DIGEST)


ACTIONS: list[tuple[Action, list[object]]] = [
    (ListVessels(), ["vessels"]),
    (Status("v7"), ["status", "v7"]),
    (Start("v1", "a", ("b", "c=d")), ["start", "v1", "a", ["b", "c=d"]]),
    (Stop("v1"), ["stop", "v1"]),
    (Reset("v1"), ["reset", "v1"]),
    (PutFile("v1", "f", 6, BODY_DIGEST), ["put", "v1", "f", 6, BODY_DIGEST]),
    (GetFile("v1", "f"), ["get", "v1", "f"]),
    (DeleteFile("v1", "f"), ["delete", "v1", "f"]),
    (ListFiles("v1"), ["files", "v1"]),
    (ReadLog("v1", 5, 100, 60.0), ["log", "v1", 5, 100, 60.0]),
    (
        FollowLogs((LogFrom("v1", 5), LogFrom("v2", 0, 3.5))),
        ["follow", [["v1", 5, -1.0], ["v2", 0, 3.5]]],
    ),
    (ChangeAdvertise("v1", False), ["advertise", "v1", False]),
    (ChangeUsers("v1", (NODE_KEY,)), ["users", "v1", [NODE_KEY]]),
    (ChangeInformation("v1", "mine"), ["information", "v1", "mine"]),
    (ChangeOwner("v1", NODE_KEY, True), ["owner", "v1", NODE_KEY, True]),
    (Split("v1", ("resource cpu 1",)), ["split", "v1", ["resource cpu 1"], False]),
    (Join(("v1", "v2"), True), ["join", ["v1", "v2"], True]),
    (ChangeKeepRunning("v1", True), ["keep", "v1", True]),
    (
        ChangeLayers("v1", (Layer("guard", "layer-1", BODY_DIGEST),)),
        ["layers", "v1", [["guard", "layer-1", BODY_DIGEST]]],
    ),
    (
        Batch((Item(ID, Stop("v1")), Item(CHALLENGE, Status("v2")))),
        ["batch", [[ID, ["stop", "v1"]], [CHALLENGE, ["status", "v2"]]]],
    ),
]


@pytest.mark.parametrize(("action", "shape"), ACTIONS, ids=lambda value: str(value)[:20])
def test_every_action_has_the_shape_of_the_page(action: Action, shape: list[object]) -> None:
    data = umsgpack.packb([ID, shape])

    assert encode(Command(ID, action)) == data
    assert command_door.decode(data) == Command(ID, action)


RESULTS: list[tuple[Result, list[object]]] = [
    (Done(), ["done"]),
    (Files((FileInfo("a", 3),), 3, 9), ["files", [["a", 3]], 3, 9]),
    (Divided(("v4",), "v5"), ["divided", ["v4"], "v5"]),
    (United("v6"), ["united", "v6"]),
    (LogPart(1, b"xy", 3, 9.5, ((1, 7.25),)), ["log", 1, b"xy", 3, 9.5, [[1, 7.25]]]),
    (Streams(), ["streams", -1]),
    (Results((Done(), Failed("a", "b"))), ["results", [["done"], ["failed", "a", "b", ""]]]),
    (Failed("peer.stale", "why", "next"), ["failed", "peer.stale", "why", "next"]),
]


@pytest.mark.parametrize(("result", "shape"), RESULTS, ids=lambda value: str(value)[:20])
def test_every_result_has_the_shape_of_the_page(result: Result, shape: list[object]) -> None:
    data = umsgpack.packb(shape)

    assert encode(result) == data
    assert result_door.decode(data) == result


def test_items_that_a_later_version_adds_at_the_end_are_passed_over() -> None:
    assert result_door.decode(umsgpack.packb(["done", "and", 3])) == Done()


@pytest.mark.parametrize(
    "shape",
    [
        [ID, ["start", "v1"]],
        [ID, ["start", "v0", "a", []]],
        [ID, ["start", "../v1", "a", []]],
        [ID, ["start", "v1", "a" * 121, []]],
        [ID, ["start", "v1", "", []]],
        [ID, ["log", "v1", -1, 5]],
        [ID, ["log", "v1", 0, 10**9]],
        [ID, ["users", "v1", [b"short"]]],
        [ID, ["users", "v1", [bytes(32)] * 17]],
        [ID, ["information", "v1", "x" * 257]],
        [ID, ["layers", "v1", [["a", "f", BODY_DIGEST]] * 17]],
        [ID, ["layers", "v1", [["a", "f", b"short"]]]],
        [b"short", ["stop", "v1"]],
        [ID, ["stop", 7]],
        [ID, ["batch", []]],
        [ID, ["batch", [[ID, ["stop", "v1"]]] * 33]],
        [ID, ["batch", [[ID, ["get", "v1", "f"]]]]],
        [ID, ["batch", [[ID, ["batch", [[ID, ["stop", "v1"]]]]]]]],
        [ID],
        {},
    ],
    ids=str,
)
def test_what_the_page_does_not_allow_is_malformed(shape: object) -> None:
    with pytest.raises(MalformedMessage):
        command_door.decode(umsgpack.packb(shape))


DOORS: list[Door[object]] = [
    hello_door,
    welcome_door,
    command_door,
    result_door,
    stream_end_door,
    log_piece_door,
]


@given(st.sampled_from(DOORS), st.binary(max_size=200))
def test_any_bytes_give_a_message_or_malformed(door: Door[object], data: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        door.decode(data)


@given(st.binary(max_size=300), st.integers(0, len(ENVELOPE) - 1), st.integers(0, 255))
def test_a_damaged_envelope_is_malformed_or_not_genuine(
    junk: bytes, at: int, value: int
) -> None:
    from seattle_p2p.errors import PeerError

    damaged = ENVELOPE[:at] + bytes([value]) + ENVELOPE[at + 1 :]
    for data in (junk, damaged):
        if data == ENVELOPE:
            continue
        try:
            envelope = decode_envelope(data, limit=10_000)
            require_genuine(Purpose.COMMAND, envelope, receiver=NODE.public)
        except PeerError:
            continue
        # MessagePack has several spellings of one value: what was signed is the same then.
        assert encode_envelope(envelope) == ENVELOPE


def test_a_piece_of_followed_logs_has_the_shape_of_the_page() -> None:
    part = LogPart(1, b"xy", 3, 9.5, ((1, 7.25),))
    piece = LogPiece("v1", part, True, False, Failed("not_permitted", "why", "next"))
    shape = [
        "v1",
        ["log", 1, b"xy", 3, 9.5, [[1, 7.25]]],
        True,
        False,
        ["failed", "not_permitted", "why", "next"],
    ]

    assert encode(piece) == umsgpack.packb(shape)
    assert log_piece_door.decode(umsgpack.packb(shape)) == piece
    assert log_piece_door.decode(umsgpack.packb(shape[:2])) == LogPiece("v1", part)
