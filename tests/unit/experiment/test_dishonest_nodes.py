"""Nodes that hold their key and lie: whatever they say stays an error of that node alone."""

import pytest

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.experiment.work import collecting
from seattle_p2p.identity.envelope import (
    Purpose,
    decode_envelope,
    digest_of,
    encode_envelope,
    seal,
)
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.commands import encode
from seattle_p2p.wire.greeting import PROTOCOL_VERSION, Welcome
from seattle_p2p.wire.results import FileInfo, Files, Vessels

NODE = KeyPair(bytes([1]) * 32)
RESEARCHER = KeyPair(bytes([2]) * 32)
CHALLENGE = bytes(16)
VESSEL = Vessel(1, NODE.public, "v1", ("127.0.0.1:1",))


class ADishonestNode:
    """Answers everything with one result, properly signed."""

    def __init__(self, result):
        self.result = result

    async def connect(self, address, node):
        return self

    async def greet(self, hello):
        return encode(
            Welcome(PROTOCOL_VERSION, "seattle", NODE.public.raw, ("jail",), CHALLENGE)
        )

    async def send(self, head, body):
        request = decode_envelope(head, limit=len(head))
        self.head = encode_envelope(
            seal(
                Purpose.REPLY,
                NODE,
                receiver=request.sender_key,
                challenge=request.challenge,
                number=request.number,
                body=encode(self.result),
                answers=digest_of(head),
            )
        )
        return self

    async def close(self):
        pass


def asking(result):
    address = PeerAddress.from_text("127.0.0.1:1")
    return NodeClient(
        RESEARCHER, NODE.public, [address], ADishonestNode(result), network="seattle"
    )


@pytest.mark.parametrize("name", ["../stolen", "/tmp/stolen", ".bashrc", "sub/stolen"])
async def test_a_node_cannot_choose_where_collected_files_go(name, tmp_path):
    collected = tmp_path / "collected"
    async with asking(Files((FileInfo(name, 6),), 6, 100)) as node:
        with pytest.raises(MalformedMessage):
            await collecting(collected)(node, VESSEL)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_node_that_tells_of_no_vessel_at_all_breaks_the_protocol():
    async with asking(Vessels(())) as node:
        with pytest.raises(MalformedMessage, match="other vessels than v1"):
            await node.status("v1")
