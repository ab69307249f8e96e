"""Behaviours of the original that no other test shows: see docs/know/from-seattle.md."""

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from seattle_p2p.errors import MalformedMessage, NotPermitted
from seattle_p2p.experiment.owner import into
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.vessel.resources import OFFCUT
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions
from seattle_p2p.wire.commands import command_door
from tests.support.served_node import (
    NETWORK,
    OWNER,
    RESTRICTIONS,
    STRANGER,
    USER,
    ServedNode,
    a_served_node,
)

WHOLE = (
    RESTRICTIONS
    + """\
resource filesopened 5
resource fileread 10000
resource filewrite 10000
"""
)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        served.ledger.save_settings(NodeSettings(offcut=format_restrictions(OFFCUT)))
        yield served


async def test_owner_and_users_see_what_is_granted_and_used_and_what_a_split_costs(
    node: ServedNode,
) -> None:
    for key in (OWNER, USER):
        info = await node.client(key).status("v1")
        assert parse_restrictions(info.restrictions) == parse_restrictions(RESTRICTIONS)
        assert {"cpu_s", "memory", "diskused", "events"} == set(info.used)
        assert parse_restrictions(await node.client(key).offcut()) == OFFCUT
    with pytest.raises(NotPermitted):
        await node.client(STRANGER).status("v1")


async def test_a_join_takes_users_label_and_advertising_of_the_first(node: ServedNode) -> None:
    client = node.client()
    second = node.add_vessel(users=())
    await client.change_information("v1", "first")
    await client.change_advertise("v1", False)
    await client.change_information(second, "second")

    one = await client.status(await client.join(["v1", second]))

    assert (one.information, one.advertise, one.users) == ("first", False, (USER.public.raw,))
    assert one.state == "fresh"


@pytest.mark.parametrize(
    "call", ["StartVessel", "StartVesselEx", "SetRestrictions", "restrict"]
)
def test_calls_that_were_dropped_are_unknown(call: str) -> None:
    with pytest.raises(MalformedMessage, match=call):
        command_door.decode(msgspec.msgpack.encode([bytes(16), [call, "v1", "text"]]))


async def test_split_and_joined_vessels_are_known_at_once_under_numbers_of_their_own(
    node: ServedNode, tmp_path: Path
) -> None:
    endpoint = f"{node.address.host}:{node.address.port}"
    async with Experimenter(OWNER, network=NETWORK, folder=tmp_path) as me:
        row = node.ledger.add_vessel(OWNER.public, WHOLE)
        node.keepers.make(row.name)
        [whole] = me.memory.remember_vessels([(node.public, row.name, (endpoint,))])

        split = await me.owner.split([whole], into(3))
        [pieces] = split.ok.values()
        assert [v.number for v in pieces.vessels] == [2, 3, 4]
        assert me.vessels == list(pieces.vessels)

        joined = await me.owner.join(me.vessels)
        [new] = joined.result.ok.values()
        assert me.vessels == [new]
        assert new.number == 5
        restrictions = (await me.status([new])).ok[new].restrictions
        assert parse_restrictions(restrictions) == parse_restrictions(WHOLE)

        handed = await me.owner.change_owner([new], STRANGER.public)
        assert list(handed.ok) == [new]
        assert me.vessels == []


async def test_a_join_that_fails_fails_for_every_vessel_of_the_machine(
    node: ServedNode, tmp_path: Path
) -> None:
    endpoint = f"{node.address.host}:{node.address.port}"
    second = node.add_vessel()
    other = Vessel(3, STRANGER.public, "v1", ("127.0.0.1:1",))
    async with Experimenter(USER, network=NETWORK, folder=tmp_path) as me:
        mine = me.memory.remember_vessels(
            [(node.public, "v1", (endpoint,)), (node.public, second, (endpoint,))]
        )

        joined = await me.owner.join([*mine, other])

    assert set(joined.result.failed) == set(mine)
    assert joined.alone == (other,)
