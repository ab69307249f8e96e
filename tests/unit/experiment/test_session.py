from pathlib import Path

import pytest

from seattle_p2p.errors import Unreachable, UsageError
from seattle_p2p.experiment.browse import Found
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.adverts import Advert
from seattle_p2p.wire.endpoints import Endpoint

KEY = KeyPair(bytes(32))
NODES = sorted((KeyPair(bytes([n]) * 32).public for n in (1, 2, 3)), key=lambda key: key.text)


class ANode:
    """A node that holds some vessels, or does not answer."""

    def __init__(self, node, vessels):
        self.node, self.held = node, vessels

    async def vessels(self):
        if self.held is None:
            raise Unreachable("cut")
        return [type("Info", (), {"name": name}) for name in self.held]

    async def close(self):
        pass


@pytest.fixture
def world(monkeypatch):
    """Which vessels each node holds; None: it is there, and does not answer."""
    held = {}

    async def find_nodes(person, *, network, contacts, timeout_s, paths):
        adverts = [Advert(n, (), (Endpoint("127.0.0.1", 4000),), 1, 60) for n in held]
        return Found(tuple(adverts), ("127.0.0.1:5000",), ("a warning",))

    async def connect(self, node, endpoints):
        return ANode(node, held[node])

    monkeypatch.setattr("seattle_p2p.experiment.browse.find_nodes", find_nodes)
    monkeypatch.setattr(Experimenter, "_connect", connect)
    return held


async def test_browsing_lists_what_nodes_say_they_hold_and_remembers_it(world, tmp_path):
    world |= {NODES[1]: ["v1", "v10", "v2"], NODES[0]: ["v1"]}
    async with Experimenter(KEY, contacts=["127.0.0.1:1"], folder=tmp_path) as me:
        found = await me.browse()

    assert [(v.node, v.id) for v in found.vessels] == [
        (NODES[0], "v1"),
        (NODES[1], "v1"),
        (NODES[1], "v2"),
        (NODES[1], "v10"),
    ]
    assert (found.nodes, found.warnings) == (2, ("a warning",))
    again = Experimenter(KEY, folder=tmp_path)
    assert tuple(again.vessels) == found.vessels
    assert again.memory.contacts == ["127.0.0.1:1", "127.0.0.1:5000"]


async def test_vessels_of_a_silent_node_stay_known_and_are_not_shown_as_alive(world, tmp_path):
    world |= {node: ["v1"] for node in NODES}
    me = Experimenter(KEY, contacts=["127.0.0.1:1"], folder=tmp_path)
    await me.browse()
    world[NODES[0]] = None
    del world[NODES[1]]

    found = await me.browse()

    assert [vessel.node for vessel in found.vessels] == [NODES[2]]
    assert list(found.silent) == [NODES[0]]
    assert [vessel.node for vessel in found.missing] == [NODES[1]]
    assert [vessel.number for vessel in me.vessels] == [1, 3]


async def test_without_any_contact_the_next_step_is_told():
    with pytest.raises(UsageError) as caught:
        await Experimenter(KEY).browse()

    assert "--contact" in caught.value.hint


async def test_networks_and_keys_are_remembered_apart(world, tmp_path):
    world |= {NODES[0]: ["v1"]}
    await Experimenter(KEY, contacts=["127.0.0.1:1"], folder=tmp_path).browse()

    assert Experimenter(KEY, network="a/b", folder=tmp_path).vessels == []
    assert Experimenter(KeyPair(bytes([9]) * 32), folder=tmp_path).vessels == []
    assert all(Path(tmp_path) in path.parents for path in tmp_path.rglob("*"))


async def test_bytes_without_a_name_and_files_that_are_not_there_are_refused(tmp_path):
    me = Experimenter(KEY)

    with pytest.raises(UsageError, match="need a name"):
        await me.upload([], b"data")
    with pytest.raises(UsageError, match="cannot read"):
        await me.upload([], tmp_path / "nosuch")
