"""Every command × everybody, over real HTTPS: exactly the permitted cells succeed.

Run with ``-s`` to see the table.
"""

import typing
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.errors import NotPermitted, SeattleError
from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.actions import (
    Action,
    Batch,
    Batchable,
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
    word,
)
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.results import Results
from tests.support.served_node import OWNER, STRANGER, USER, ServedNode, a_key, a_served_node

OTHER_OWNER, FORMER_OWNER, FORMER_USER = a_key(11), a_key(12), a_key(13)
EVERYBODY: dict[str, KeyPair] = {
    "owner": OWNER,
    "user": USER,
    "owner of another": OTHER_OWNER,
    "stranger": STRANGER,
    "former owner": FORMER_OWNER,
    "former user": FORMER_USER,
}
FOR_ALL = set(EVERYBODY)
FOR_USERS = {"owner", "user"}
FOR_OWNERS = {"owner"}
BODY = BytesSource(b"body")
PART = "resource cpu 0.01\nresource memory 1\nresource diskused 1\n"
TABLE: list[tuple[Action, set[str]]] = [
    (ListVessels(), FOR_ALL),
    (Status("v1"), FOR_USERS),
    (PutFile("v1", "new", BODY.size, BODY.digest), FOR_USERS),
    (GetFile("v1", "a.r2py"), FOR_USERS),
    (ListFiles("v1"), FOR_USERS),
    (DeleteFile("v1", "a.r2py"), FOR_USERS),
    (Start("v1", "a.r2py"), FOR_USERS),
    (Stop("v1"), FOR_USERS),
    (Reset("v1"), FOR_USERS),
    (ReadLog("v1", 0, 10), FOR_USERS),
    (FollowLogs((LogFrom("v1"),)), FOR_USERS),
    (ChangeKeepRunning("v1", True), FOR_USERS),
    (ChangeLayers("v1", (Layer("l", "a.r2py", BytesSource(b"").digest),)), FOR_OWNERS),
    (ChangeAdvertise("v1", True), FOR_OWNERS),
    (ChangeInformation("v1", "mine"), FOR_OWNERS),
    (ChangeUsers("v1", (USER.public.raw,)), FOR_OWNERS),
    (ChangeOwner("v1", OWNER.public.raw, True), FOR_OWNERS),
    (Split("v1", (PART,)), FOR_OWNERS),
    (Join(("v1", "v3")), FOR_OWNERS),
]


def test_the_table_names_every_command() -> None:
    assert {type(action) for action, _ in TABLE} == set(typing.get_args(Action)) - {Batch}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        yield served


async def prepare(node: ServedNode) -> None:
    """v1 as it is to be, whatever the cell before has left; v2 of another; v3 to join."""
    for row in node.ledger.vessels():
        node.ledger.remove_vessel(row.name)
        await node.keepers.remove(row.name)
    with node.ledger.transaction():
        node.ledger._database.execute(  # so that names are the same in every cell
            "UPDATE counters SET value = 1 WHERE name = 'next_vessel'"
        )
    node.add_vessel(owner=FORMER_OWNER, users=[FORMER_USER])
    node.add_vessel(owner=OTHER_OWNER, users=[])
    node.add_vessel(owner=OWNER, users=[])
    await node.client(FORMER_OWNER).change_owner("v1", OWNER.public)
    await node.client(OWNER).change_users("v1", [USER.public])
    await node.client(OWNER).put("v1", "a.r2py", b"")


async def attempt(client: NodeClient, action: Action) -> str:
    try:
        if isinstance(action, GetFile | FollowLogs):
            async for _ in client.stream(action):
                pass
        else:
            body = BODY if isinstance(action, PutFile) else None
            await client.send(client.make(action), body)
    except NotPermitted:
        return "no"
    except SeattleError as error:
        return error.code
    return "yes"


@pytest.mark.timeout(120)
async def test_exactly_the_permitted_cells_succeed(node: ServedNode) -> None:
    found = {}
    for action, _ in TABLE:
        for who, key in EVERYBODY.items():
            await prepare(node)
            found[word(action), who] = await attempt(node.client(key), action)
    expected = {
        (word(action), who): "yes" if who in permitted else "no"
        for action, permitted in TABLE
        for who in EVERYBODY
    }
    print("\n" + " " * 14 + "".join(f"{who:>18}" for who in EVERYBODY))
    for action, _ in TABLE:
        cells = "".join(f"{found[word(action), who]:>18}" for who in EVERYBODY)
        print(f"{word(action):14}{cells}")
    assert found == expected


@pytest.mark.timeout(120)
async def test_in_a_batch_exactly_the_same_cells_succeed(node: ServedNode) -> None:
    for action, permitted in TABLE:
        if not isinstance(action, Batchable):
            continue
        for who, key in EVERYBODY.items():
            await prepare(node)
            # Beside something that everybody is refused, and that must not matter.
            others = Status("v99")
            client = node.client(key)
            items = tuple(Item(client.make(a).id, a) for a in (others, action, others))
            body = BODY if isinstance(action, PutFile) else None
            answer = await client.send(client.make(Batch(items)), body)

            assert isinstance(answer, Results)
            codes = [r.code if isinstance(r, Failed) else "yes" for r in answer.results]
            mine = "yes" if who in permitted else "not_permitted"
            assert codes == ["not_permitted", mine, "not_permitted"], (word(action), who)
