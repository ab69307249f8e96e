"""Attacks over real HTTPS: each is refused with its own error, and nothing changed."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import pytest

from seattle_p2p.errors import (
    BadSignature,
    MalformedMessage,
    NotPermitted,
    ReusedId,
    SeattleError,
    StaleMessage,
    Unreachable,
    WrongPeer,
    WrongReceiver,
)
from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.experiment.https import HttpsConnection, HttpsReply, HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.envelope import (
    Envelope,
    Purpose,
    decode_envelope,
    encode_envelope,
    require_genuine,
    seal,
)
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.service import Service
from seattle_p2p.net.certificate import make_certificate
from seattle_p2p.net.tls import server_context
from seattle_p2p.wire.actions import (
    Action,
    ChangeAdvertise,
    ChangeUsers,
    DeleteFile,
    GetFile,
    ListFiles,
    PutFile,
    ReadLog,
    Start,
    Status,
    Stop,
)
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.channel import (
    COMMAND,
    COMMAND_WITH_BODY,
    HELLO,
    PIECE,
    REFUSED,
    WELCOME,
)
from seattle_p2p.wire.commands import Command, encode
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.greeting import (
    PROTOCOL_VERSION,
    Hello,
    Welcome,
    welcome_door,
)
from seattle_p2p.wire.results import Done, result_door
from tests.support.pin import Pin
from tests.support.served_node import (
    NETWORK,
    OWNER,
    STRANGER,
    USER,
    ServedNode,
    a_key,
    a_served_node,
)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        await served.client(OWNER).put("v1", "here.r2py", b"before")
        served.keepers.asked.clear()
        yield served


@dataclass(frozen=True)
class State:
    """All that a command could change."""

    ledger: object
    files: dict[str, bytes]
    asked: tuple[str, ...]


def state_of(node: ServedNode) -> State:
    files = node.folder / "vessels" / "v1" / "files"
    files.mkdir(exist_ok=True)
    return State(
        (node.ledger.vessels(), node.ledger.settings()),
        {path.name: path.read_bytes() for path in files.iterdir()},
        tuple(node.keepers.asked),
    )


class Attacker:
    """Speaks the protocol by hand, so that it can break any rule of it.

    Holds one connection, under the challenge that the node gave for it.
    """

    def __init__(self, node: ServedNode, key: KeyPair) -> None:
        self.node = node
        self.key = key
        self.number = 0
        self.challenge = b""
        self.connection: HttpsConnection

    async def __aenter__(self) -> "Attacker":
        self.connection = await HttpsTransport().connect(self.node.address, self.node.public)
        welcome = welcome_door.decode(
            await self.connection.greet(encode(Hello(PROTOCOL_VERSION, NETWORK)))
        )
        assert isinstance(welcome, Welcome)
        self.challenge = welcome.challenge
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()

    def sign(self, action: Action, *, number: int | None = None, **other: object) -> Envelope:
        """A genuine command, but for what `other` says."""
        command = Command(os.urandom(16), action)
        parts = {"receiver": self.node.public, "challenge": self.challenge, **other}
        if number is None:
            number = self.number
            self.number += 1
        return seal(
            Purpose.COMMAND,
            self.key,
            number=number,
            body=encode(command),
            **parts,
        )

    async def send(
        self, envelope: Envelope, body: bytes | None = None, promised: int | None = None
    ) -> object:
        """What the node says, its signature checked."""
        source = None if body is None else BytesSource(body)
        if source and promised is not None:
            source.size = promised
        reply = await self.connection.send(encode_envelope(envelope), source)
        answer = decode_envelope(reply.head, limit=10**6)
        require_genuine(Purpose.REPLY, answer, receiver=PublicKey(envelope.sender))
        assert answer.sender == self.node.public.raw
        return result_door.decode(answer.body)


def a_put(content: bytes, *, file: str = "here.r2py") -> PutFile:
    source = BytesSource(content)
    return PutFile("v1", file, source.size, source.digest)


def refused(result: object, error: type[SeattleError]) -> bool:
    return isinstance(result, Failed) and type(result.error) is error


EVERY_ACTION: list[Action] = [
    Status("v1"),
    Start("v1", "here.r2py"),
    Stop("v1"),
    a_put(b"after"),
    GetFile("v1", "here.r2py"),
    DeleteFile("v1", "here.r2py"),
    ListFiles("v1"),
    ReadLog("v1", 0, 100),
    ChangeAdvertise("v1", False),
    ChangeUsers("v1", ()),
]


@pytest.mark.parametrize("action", EVERY_ACTION, ids=lambda action: type(action).__name__)
async def test_a_key_without_rights_is_refused_whatever_it_asks(
    node: ServedNode, action: Action
) -> None:
    before = state_of(node)

    async with Attacker(node, STRANGER) as stranger:
        body = b"after" if isinstance(action, PutFile) else None
        result = await stranger.send(stranger.sign(action), body)

    assert refused(result, NotPermitted)
    assert state_of(node) == before


async def test_no_right_and_no_such_vessel_are_the_same_answer(node: ServedNode) -> None:
    node.add_vessel(owner=OWNER)
    async with Attacker(node, STRANGER) as stranger:
        theirs = await stranger.send(stranger.sign(Status("v2")))
        nobodys = await stranger.send(stranger.sign(Status("v3")))

    assert isinstance(theirs, Failed)
    assert isinstance(nobodys, Failed)
    assert theirs.message.replace("v2", "vN") == nobodys.message.replace("v3", "vN")
    assert (theirs.code, theirs.hint) == (nobodys.code, nobodys.hint)


@pytest.mark.parametrize(
    "action",
    [ChangeAdvertise("v1", False), ChangeUsers("v1", (STRANGER.public.raw,))],
    ids=lambda action: type(action).__name__,
)
async def test_a_user_is_refused_where_the_owner_is_needed(
    node: ServedNode, action: Action
) -> None:
    before = state_of(node)

    async with Attacker(node, USER) as user:
        result = await user.send(user.sign(action))

    assert refused(result, NotPermitted)
    assert state_of(node) == before


async def test_a_command_played_back_on_its_own_connection_is_refused(
    node: ServedNode,
) -> None:
    async with Attacker(node, OWNER) as owner:
        recorded = owner.sign(ChangeAdvertise("v1", False))
        first = await owner.send(recorded)
        node.ledger.change_advertise("v1", True)
        before = state_of(node)

        again = await owner.send(recorded)

    assert isinstance(first, Done)
    assert refused(again, StaleMessage)
    assert state_of(node) == before


async def test_a_command_played_back_on_another_connection_is_refused(
    node: ServedNode,
) -> None:
    async with Attacker(node, OWNER) as owner, Attacker(node, STRANGER) as thief:
        recorded = owner.sign(Start("v1", "here.r2py"))
        before = state_of(node)

        result = await thief.send(recorded)

    assert refused(result, StaleMessage)
    assert state_of(node) == before


async def test_a_command_under_the_challenge_of_another_connection_is_refused(
    node: ServedNode,
) -> None:
    before = state_of(node)
    async with Attacker(node, OWNER) as one, Attacker(node, OWNER) as other:
        result = await one.send(one.sign(Stop("v1"), challenge=other.challenge))

    assert refused(result, StaleMessage)
    assert state_of(node) == before


async def test_a_command_from_before_its_connection_closed_is_refused(
    node: ServedNode,
) -> None:
    async with Attacker(node, OWNER) as owner:
        held_back = owner.sign(ChangeAdvertise("v1", False))
    before = state_of(node)

    async with Attacker(node, OWNER) as later:
        result = await later.send(held_back)

    assert refused(result, StaleMessage)
    assert state_of(node) == before


async def test_a_command_held_back_for_more_than_a_minute_is_refused(tmp_path: Path) -> None:
    now = [1000.0]
    async with a_served_node(tmp_path / "slow", clock=lambda: now[0]) as node:
        async with Attacker(node, OWNER) as owner:
            held_back = owner.sign(ChangeAdvertise("v1", False))
            before = state_of(node)
            now[0] += 61

            result = await owner.send(held_back)

        assert refused(result, StaleMessage)
        assert state_of(node) == before


async def test_an_honest_client_goes_on_after_its_challenge_died(tmp_path: Path) -> None:
    now = [1000.0]
    async with a_served_node(tmp_path / "slow", clock=lambda: now[0]) as node:
        client = node.client(OWNER, pauses_s=(0.0, 0.0))
        await client.status("v1")
        now[0] += 61

        assert (await client.status("v1")).name == "v1"


async def test_commands_in_another_order_are_refused(node: ServedNode) -> None:
    before = state_of(node)
    async with Attacker(node, OWNER) as owner:
        stop, start = owner.sign(Stop("v1")), owner.sign(Start("v1", "here.r2py"))

        second_first = await owner.send(start)
        first_second = await owner.send(stop)

    assert refused(second_first, StaleMessage)
    assert refused(first_second, StaleMessage)
    assert state_of(node) == before


async def test_a_command_made_for_another_node_is_refused(
    node: ServedNode, tmp_path: Path
) -> None:
    async with a_served_node(tmp_path / "other", number=101) as other:
        before = state_of(node)
        async with Attacker(node, OWNER) as forwarder:
            result = await forwarder.send(
                forwarder.sign(Start("v1", "here.r2py"), receiver=other.public)
            )

    assert refused(result, WrongReceiver)
    assert state_of(node) == before


async def test_a_command_altered_on_its_way_is_refused(node: ServedNode) -> None:
    before = state_of(node)
    async with Attacker(node, OWNER) as owner:
        genuine = owner.sign(DeleteFile("v1", "away.r2py"))
        altered = msgspec.structs.replace(
            genuine, body=genuine.body.replace(b"away.r2py", b"here.r2py")
        )
        result = await owner.send(altered)

    assert refused(result, BadSignature)
    assert state_of(node) == before


async def test_a_command_signed_for_another_purpose_is_refused(node: ServedNode) -> None:
    before = state_of(node)
    async with Attacker(node, OWNER) as owner:
        result = await owner.send(
            seal(
                Purpose.STREAM_END,
                OWNER,
                receiver=node.public,
                challenge=owner.challenge,
                number=0,
                body=encode(Command(bytes(16), Start("v1", "here.r2py"))),
            )
        )

    assert refused(result, BadSignature)
    assert state_of(node) == before


async def test_a_command_in_anothers_name_is_refused(node: ServedNode) -> None:
    before = state_of(node)
    async with Attacker(node, STRANGER) as stranger:
        signed = stranger.sign(Start("v1", "here.r2py"))
        result = await stranger.send(msgspec.structs.replace(signed, sender=OWNER.public.raw))

    assert refused(result, BadSignature)
    assert state_of(node) == before


async def test_another_body_than_the_signed_one_is_refused(node: ServedNode) -> None:
    before = state_of(node)
    async with Attacker(node, OWNER) as owner:
        result = await owner.send(owner.sign(a_put(b"promised")), b"smuggled")

    assert refused(result, MalformedMessage)
    assert state_of(node) == before


async def test_a_longer_body_than_the_signed_one_is_refused(node: ServedNode) -> None:
    before = state_of(node)
    async with Attacker(node, OWNER) as owner:
        result = await owner.send(owner.sign(a_put(b"short")), b"short and then more")

    assert refused(result, MalformedMessage)
    assert state_of(node) == before


async def test_the_id_of_another_command_is_refused(node: ServedNode) -> None:
    client = node.client(OWNER)
    used = Command(bytes(16), ChangeAdvertise("v1", False))
    await client.send(used)
    before = state_of(node)

    with pytest.raises(ReusedId):
        await client.send(Command(used.id, ChangeAdvertise("v1", True)))
    with pytest.raises(ReusedId):
        await node.client(USER).send(used)

    assert state_of(node) == before


async def test_numbers_are_spent_before_acting_and_by_refusals_too(node: ServedNode) -> None:
    async with Attacker(node, STRANGER) as stranger:
        spent = stranger.sign(Status("v1"))
        assert refused(await stranger.send(spent), NotPermitted)

        assert refused(await stranger.send(spent), StaleMessage)


# What a client must notice


class Meddling(HttpsTransport):
    """The real transport with somebody behind TLS who alters what comes back."""

    def __init__(self, alter: "Alter") -> None:
        super().__init__()
        self._alter = alter

    async def connect(self, address: PeerAddress, node: PublicKey) -> HttpsConnection:
        connection = await super().connect(address, node)
        honest = connection.send

        async def send(head: bytes, body: object) -> HttpsReply:
            reply = await honest(head, body)
            reply.head = self._alter(reply.head)
            return reply

        connection.send = send
        return connection


class Alter:
    """Changes a reply in one way; keeps those it saw."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.seen: list[bytes] = []

    def __call__(self, head: bytes) -> bytes:
        self.seen.append(head)
        envelope = decode_envelope(head, limit=10**6)
        if self.how == "content":
            body = envelope.body.replace(b"fresh", b"ended")
            return encode_envelope(msgspec.structs.replace(envelope, body=body))
        if self.how == "another request's":
            return self.seen[0]
        other = a_key(999)
        return encode_envelope(
            seal(
                Purpose.REPLY,
                other,
                receiver=PublicKey(envelope.receiver),
                challenge=envelope.challenge,
                number=envelope.number,
                body=envelope.body,
                answers=envelope.answers,
            )
        )


@pytest.mark.parametrize("how", ["content", "somebody else's"])
async def test_a_client_sees_that_a_reply_was_altered(node: ServedNode, how: str) -> None:
    client = NodeClient(
        OWNER, node.public, [node.address], Meddling(Alter(how)), network=NETWORK
    )
    async with client:
        with pytest.raises(BadSignature):
            await client.status("v1")


async def test_a_client_sees_that_a_reply_answers_another_request(node: ServedNode) -> None:
    meddler = Meddling(Alter("another request's"))
    client = NodeClient(OWNER, node.public, [node.address], meddler, network=NETWORK)
    async with client:
        await client.status("v1")
        with pytest.raises(BadSignature, match="another request"):
            await client.status("v1")


async def test_a_client_sees_that_a_file_lost_its_end(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node.client().put("v1", "long", bytes(200_000))
    whole = HttpsReply.frames

    async def dropping(self: HttpsReply) -> AsyncGenerator[tuple[bool, bytes], None]:
        async for last, data in whole(self):
            if last or len(data) == 65536:
                yield last, data

    monkeypatch.setattr(HttpsReply, "frames", dropping)

    async def read() -> None:
        async for _ in node.client().get("v1", "long"):
            pass

    with pytest.raises(BadSignature, match="not what the node says it sent"):
        await read()


async def test_a_client_refuses_the_certificate_of_somebody_else(
    node: ServedNode, tmp_path: Path
) -> None:
    before = state_of(node)
    impostor = a_key(666)
    client = NodeClient(
        OWNER, impostor.public, [node.address], HttpsTransport(), network=NETWORK
    )
    async with client:
        with pytest.raises(WrongPeer):
            await client.start("v1", "here.r2py")

    assert state_of(node) == before


async def test_a_client_refuses_a_certificate_that_only_mentions_the_nodes_key(
    node: ServedNode, tmp_path: Path
) -> None:
    """An impostor may put any bytes into names and extensions of its own certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    from seattle_p2p.net import certificate as ours

    impostor = a_key(667)
    private = Ed25519PrivateKey.from_private_bytes(impostor.seed)
    spki = bytes.fromhex("302a300506032b6570032100") + node.public.raw
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, node.public.text)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(int.from_bytes(spki[:19]))
        .not_valid_before(ours._ALWAYS[0])
        .not_valid_after(ours._ALWAYS[1])
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), spki), critical=False
        )
        .sign(private, None)
    )
    path = tmp_path / "impostor.pem"
    path.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    async with an_impostor(node, path) as address:
        client = NodeClient(OWNER, node.public, [address], HttpsTransport(), network=NETWORK)
        async with client:
            with pytest.raises(WrongPeer):
                await client.vessels()


async def test_a_client_goes_on_to_the_next_address_past_an_impostor(
    node: ServedNode, tmp_path: Path
) -> None:
    path = tmp_path / "impostor.pem"
    path.write_bytes(make_certificate(a_key(668)))
    async with an_impostor(node, path) as address:
        client = NodeClient(
            OWNER, node.public, [address, node.address], HttpsTransport(), network=NETWORK
        )
        async with client:
            assert [vessel.name for vessel in await client.vessels()] == ["v1"]


class an_impostor:
    """Serves with another certificate, and whatever core: it is never reached."""

    def __init__(self, node: ServedNode, certificate: Path) -> None:
        self._service = Service(node.core, server_context(certificate))
        self._listener = socket.create_server(("127.0.0.1", 0))

    async def __aenter__(self) -> PeerAddress:
        self._task = asyncio.create_task(self._service.run(self._listener))
        return PeerAddress("127.0.0.1", self._listener.getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


# Once


class Losing(HttpsTransport):
    """Loses the first reply to a command, after the node acted on it."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0

    async def connect(self, address: PeerAddress, node: PublicKey) -> HttpsConnection:
        connection = await super().connect(address, node)
        honest = connection.send

        async def send(head: bytes, body: object) -> HttpsReply:
            reply = await honest(head, body)
            if not self.lost:
                self.lost += 1
                await connection.close()
                raise Unreachable("the reply was lost")
            return reply

        connection.send = send
        return connection


async def test_a_command_whose_reply_was_lost_acts_once_and_is_answered(
    node: ServedNode,
) -> None:
    transport = Losing()
    client = NodeClient(
        OWNER, node.public, [node.address], transport, network=NETWORK, pauses_s=(0, 0)
    )
    async with client:
        run = await client.start("v1", "here.r2py")

    assert transport.lost == 1
    assert node.keepers.asked == ["start v1"]
    assert node.keepers.status("v1").run_id == run


async def test_an_upload_whose_reply_was_lost_is_not_repeated_over_a_later_one(
    node: ServedNode,
) -> None:
    client, source = node.client(), BytesSource(b"old")
    first = client.make(PutFile("v1", "here.r2py", source.size, source.digest))
    await client.send(first, source)
    await client.put("v1", "here.r2py", b"new")

    result = await client.send(first, source)

    assert isinstance(result, Done)
    assert state_of(node).files["here.r2py"] == b"new"


async def test_the_same_command_twice_at_once_acts_once(node: ServedNode) -> None:
    node.keepers.gate.clear()
    client = node.client()
    command = client.make(Start("v1", "here.r2py"))

    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(client.send(command)) for _ in range(2)]
        await node.keepers.reached.wait()
        node.keepers.gate.set()

    assert [task.result() for task in both] == [Done(), Done()]
    assert node.keepers.asked == ["start v1"]


async def test_a_stored_result_is_given_even_when_the_right_is_gone_meanwhile(
    node: ServedNode,
) -> None:
    client = node.client()
    command = client.make(ChangeUsers("v1", ()))
    await client.send(command)
    node.ledger.change_owner("v1", STRANGER.public)

    assert await client.send(command) == Done()


# Clocks


async def test_two_clients_whose_clocks_are_a_year_apart_use_one_vessel_at_once(
    node: ServedNode,
) -> None:
    """In processes of their own, one of which believes it is a year later."""
    year = 365 * 24 * 3600
    done = await asyncio.gather(*(a_client_in_time(node, shift) for shift in (0, year)))

    assert done == [b"20 20\n", b"20 20\n"]


async def a_client_in_time(node: ServedNode, shift: int) -> bytes:
    """20 uploads and 20 reads from a process whose wall clock is off by `shift` seconds."""
    program = f"""
import asyncio, time
real = time.time
time.time = lambda: real() + {shift}
time.time_ns = lambda: int(time.time() * 1e9)
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.address import PeerAddress

async def main():
    node = PublicKey.from_text("{node.public.text}")
    address = PeerAddress.from_text("{node.address.text}")
    written = read = 0
    key = KeyPair(({1 if shift else 2}).to_bytes(32))
    async with NodeClient(key, node, [address], HttpsTransport(), network="test") as client:
        for number in range(20):
            await client.put("v1", "shift{shift}", str(number).encode())
            written += 1
            found = [piece async for piece in client.get("v1", "shift{shift}")]
            read += b"".join(found) == str(number).encode()
    print(written, read)

asyncio.run(main())
"""
    import sys

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return told


# Nonsense


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"?what",
        COMMAND,
        COMMAND + b"x" * 100,
        COMMAND + encode_envelope(Envelope(b"", b"", b"", 0, b"", b"")),
        COMMAND_WITH_BODY + b"junk",
        PIECE + b"of nothing",
        HELLO + b"junk",
        COMMAND + bytes(200_000),
        "words",
    ],
    ids=str,
)
async def test_nonsense_is_dropped_and_counted_and_the_node_goes_on(
    node: ServedNode, message: bytes | str
) -> None:
    before = state_of(node)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=Pin(node.public)))
    async with (
        session,
        session.ws_connect(f"https://127.0.0.1:{node.address.port}/commands") as channel,
    ):
        if isinstance(message, str):
            await channel.send_str(message)
        else:
            await channel.send_bytes(message)
        answer = await channel.receive()

    said = answer.data[:1] if answer.type is aiohttp.WSMsgType.BINARY else None
    assert said in (None, REFUSED, WELCOME)
    assert state_of(node) == before
    assert len(await node.client().vessels()) == 1


@pytest.mark.parametrize(
    "hello", ["", "zz", "0", "93", "é", encode(Hello(PROTOCOL_VERSION, "elsewhere")).hex()]
)
async def test_a_bad_hello_in_the_request_gets_no_challenge(
    node: ServedNode, hello: str
) -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=Pin(node.public)))
    url = f"https://127.0.0.1:{node.address.port}/commands"
    async with session, session.ws_connect(url, params={"hello": hello}) as channel:
        answer = await channel.receive()

    assert answer.data[:1] == WELCOME
    assert isinstance(welcome_door.decode(answer.data[1:]), Failed)
    assert len(await node.client().vessels()) == 1


async def test_a_hello_in_the_request_is_answered_unasked(node: ServedNode) -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=Pin(node.public)))
    url = f"https://127.0.0.1:{node.address.port}/commands"
    hello = encode(Hello(PROTOCOL_VERSION, NETWORK)).hex()
    async with session, session.ws_connect(url, params={"hello": hello}) as channel:
        first = welcome_door.decode((await channel.receive()).data[1:])
        await channel.send_bytes(HELLO + bytes.fromhex(hello))
        second = welcome_door.decode((await channel.receive()).data[1:])

    assert isinstance(first, Welcome)
    assert isinstance(second, Welcome)
    assert len({first.challenge, second.challenge, b""}) == 3


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/commands"), ("POST", "/commands")]
)
async def test_what_is_not_served_is_said_so(node: ServedNode, method: str, path: str) -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=Pin(node.public)))
    url = f"https://127.0.0.1:{node.address.port}{path}"
    async with session, session.request(method, url, data=b"x") as response:
        said = welcome_door.decode(await response.read())

    assert response.status == 404
    assert isinstance(said, Failed)
    assert isinstance(said.error, MalformedMessage)


async def test_an_unknown_command_is_refused_by_name(node: ServedNode) -> None:
    async with Attacker(node, OWNER) as owner:
        unknown = msgspec.msgpack.encode([bytes(16), ["detonate", "v1"]])
        result = await owner.send(
            seal(
                Purpose.COMMAND,
                OWNER,
                receiver=node.public,
                challenge=owner.challenge,
                number=0,
                body=unknown,
            )
        )

    assert refused(result, MalformedMessage)
    assert isinstance(result, Failed)
    assert "detonate" in result.message


async def test_what_a_stranger_is_told_says_nothing_about_vessels(node: ServedNode) -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=Pin(node.public)))
    url = f"https://127.0.0.1:{node.address.port}/hello"
    async with session, session.get(url) as response:
        told = welcome_door.decode(await response.read())

    assert told == Welcome(PROTOCOL_VERSION, NETWORK, node.public.raw, ("seccomp",))
