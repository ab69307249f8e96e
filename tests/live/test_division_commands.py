"""Splitting, joining and handing over, over real HTTPS."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.errors import (
    NoLongerPermitted,
    NotPermitted,
    OutOfResources,
    UsageError,
    VesselBusy,
)
from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.vessel.division import equal_parts
from seattle_p2p.vessel.resources import OFFCUT
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions
from seattle_p2p.wire.actions import Join
from tests.support.served_node import (
    OWNER,
    STRANGER,
    USER,
    ServedNode,
    a_served_node,
)

SMALL = """\
resource cpu 0.02
resource memory 5000000
resource diskused 100000
resource messport 63101
"""


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        served.ledger.save_settings(NodeSettings(offcut=format_restrictions(OFFCUT)))
        yield served


def with_ports(node: ServedNode) -> str:
    """A vessel of OWNER's with UDP ports 63100 to 63103 and an offcut to spend."""
    text = """\
resource cpu 0.1
resource memory 30000000
resource diskused 1000000
resource events 10
resource filesopened 5
resource fileread 10000
resource filewrite 10000
resource lograte 30000
""" + "".join(f"resource messport {port}\n" for port in range(63100, 63104))
    row = node.ledger.add_vessel(OWNER.public, text, users=[USER.public], information="mine")
    node.keepers.make(row.name)
    return row.name


async def test_a_split_answers_requested_and_leftover_and_the_old_vessel_is_gone(
    node: ServedNode,
) -> None:
    name, before = with_ports(node), node.ledger.sum()
    client = node.client()
    await client.put(name, "old", b"data")

    divided = await client.split(name, [SMALL])
    infos = {info.name: info for info in await client.vessels()}
    requested, leftover = infos[divided.requested[0]], infos[divided.leftover]

    assert name not in infos
    assert parse_restrictions(requested.restrictions) == parse_restrictions(SMALL)
    assert parse_restrictions(leftover.restrictions).messport == {63100, 63102, 63103}
    assert requested.information == leftover.information == "mine"
    assert requested.users == leftover.users == (USER.public.raw,)
    assert (await client.files(leftover.name)).files == ()
    assert node.ledger.sum().total == before.total.plus(OFFCUT).minus(OFFCUT)
    assert sorted(path.name for path in (node.folder / "vessels").iterdir()) == sorted(infos)


async def test_a_join_gives_back_what_the_split_took(node: ServedNode) -> None:
    name = with_ports(node)
    whole = parse_restrictions(node.ledger.vessel(name).restrictions)
    client = node.client()
    offcut = parse_restrictions(await client.offcut())
    parts = [format_restrictions(part) for part in equal_parts(whole, 3, offcut)]

    divided = await client.split(name, parts)
    united = await client.join([*divided.requested, divided.leftover])

    assert parse_restrictions((await client.status(united)).restrictions) == whole
    assert [info.name for info in await client.vessels()] == ["v1", united]


async def test_what_does_not_fit_is_refused_and_leaves_everything(node: ServedNode) -> None:
    name = with_ports(node)
    rows = node.ledger.vessels()

    with pytest.raises(OutOfResources, match="memory: wanted 90000000, only 29000000 left"):
        await node.client().split(name, [SMALL.replace("5000000", "90000000")])

    assert node.ledger.vessels() == rows


async def test_a_vessel_joined_with_itself_mints_nothing(node: ServedNode) -> None:
    name = with_ports(node)
    before = (node.ledger.vessels(), node.ledger.sum())

    with pytest.raises(UsageError, match="itself"):
        await node.client().join([name, name])

    assert (node.ledger.vessels(), node.ledger.sum()) == before


async def test_running_vessels_are_refused_unless_they_may_be_stopped(
    node: ServedNode,
) -> None:
    name = with_ports(node)
    client = node.client()
    await client.put(name, "a.r2py", b"")
    await client.start(name, "a.r2py")

    with pytest.raises(VesselBusy, match=name):
        await client.split(name, [SMALL])
    divided = await client.split(name, [SMALL], stop=True)

    assert f"stop {name}" in node.keepers.asked
    assert (await client.status(divided.leftover)).state == "fresh"


async def test_vessels_of_two_owners_are_not_joined(node: ServedNode) -> None:
    theirs = node.add_vessel(owner=STRANGER)
    rows = node.ledger.vessels()

    with pytest.raises(NotPermitted):
        await node.client().join(["v1", theirs])
    with pytest.raises(NotPermitted):
        await node.client(USER).join(["v1", "v1"])

    assert node.ledger.vessels() == rows


async def test_a_split_whose_reply_was_lost_happens_once(node: ServedNode) -> None:
    client = node.client()
    other = node.add_vessel()
    command = client.make(Join(("v1", other)))

    first = await client.send(command)
    again = await client.send(command)

    assert first == again
    assert len(node.ledger.vessels()) == 1


async def test_a_hand_over_clears_users_and_label_and_is_at_once_complete(
    node: ServedNode,
) -> None:
    await node.client().change_information("v1", "mine")

    await node.client().change_owner("v1", STRANGER.public)

    for former in (OWNER, USER):
        with pytest.raises(NotPermitted):
            await node.client(former).status("v1")
    info = await node.client(STRANGER).status("v1")
    assert (info.role, info.users, info.information, info.advertise) == ("owner", (), "", True)


async def test_a_hand_over_keeps_users_on_purpose_only(node: ServedNode) -> None:
    await node.client().change_owner("v1", STRANGER.public, keep_users=True)

    assert (await node.client(USER).status("v1")).role == "user"


class Interrupted(BytesSource):
    """A body in whose middle something else happens."""

    def __init__(self, data: bytes, happens: object) -> None:
        super().__init__(data)
        self._happens = happens

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        first = True
        async for piece in super().pieces():
            yield piece
            if first:
                await self._happens()
                first = False


async def test_an_upload_under_way_when_the_vessel_is_handed_over_is_not_stored(
    node: ServedNode,
) -> None:
    async def hand_over() -> None:
        await node.client().change_owner("v1", STRANGER.public)

    with pytest.raises(NoLongerPermitted):
        await node.client(USER).put("v1", "late", Interrupted(bytes(200_000), hand_over))

    assert (await node.client(STRANGER).files("v1")).used_bytes == 0


async def test_an_upload_under_way_when_the_vessel_is_split_is_not_stored(
    node: ServedNode,
) -> None:
    name = with_ports(node)

    async def split() -> None:
        await node.client().split(name, [SMALL])

    with pytest.raises(NoLongerPermitted):
        await node.client(USER).put(name, "late", Interrupted(bytes(200_000), split))


async def test_what_was_done_and_refused_is_in_the_audit_trail(node: ServedNode) -> None:
    await node.client().change_advertise("v1", False)
    with pytest.raises(NotPermitted):
        await node.client(USER).change_advertise("v1", True)
    with pytest.raises(NotPermitted):
        await node.client(STRANGER).change_advertise("v1", True)

    trail = [(e.person, e.action, e.vessel, e.outcome) for e in node.ledger.trail.newest()]

    assert trail == [
        (OWNER.public, "advertise", "v1", "ok"),
        (USER.public, "advertise", "v1", "not_permitted"),
    ]


async def test_a_new_vessel_is_there_as_soon_as_the_ledger_has_it(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others look at all rows of the ledger while a split waits for the disk."""
    seen = []

    async def wait() -> None:
        seen.append([node.keepers.status(row.name).state for row in node.ledger.vessels()])

    monkeypatch.setattr(node.core._effects._disk, "wait", wait)
    name = with_ports(node)

    made = await node.client().split(name, [SMALL])
    await node.client().join([*made.requested, made.leftover])

    assert seen == [["fresh"] * 3, ["fresh"] * 2]
