"""Security layers: set by a vessel's owner, shown to its people, applied at every start."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.errors import NoSuchFile, NotPermitted, UsageError
from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.wire.actions import ChangeLayers, Layer
from seattle_p2p.wire.limits import MAX_LAYER_BYTES
from tests.support.donated import a_donated_folder, a_running_node
from tests.support.served_node import OWNER, USER, ServedNode, a_served_node

SHOUT = b"""
def shout(text):
    log(text.upper())
CHILD_CONTEXT_DEF["log"] = {"type": "func", "args": (str,), "exceptions": RepyException,
                            "return": None, "target": shout}
secure_dispatch_module()
"""
WRAP = SHOUT.replace(b"text.upper()", b'"<" + text + ">"')
PART = "resource cpu 0.01\nresource memory 1000000\nresource diskused 1000\n"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        yield served


async def test_layers_are_copied_shown_and_given_to_every_start(node: ServedNode) -> None:
    owner, user = node.client(OWNER), node.client(USER)
    await owner.put("v1", "a.r2py", b"")

    await owner.change_layers("v1", [("shout", SHOUT), ("wrap", WRAP)])
    await user.start("v1", "a.r2py")

    assert (await user.status("v1")).security_layers == ("shout", "wrap")
    assert node.keepers.layers["v1"] == (("shout", SHOUT), ("wrap", WRAP))
    assert [file.name for file in (await user.files("v1")).files] == ["a.r2py"]


async def test_layers_are_taken_away_and_only_for_the_next_start(node: ServedNode) -> None:
    owner = node.client(OWNER)
    await owner.put("v1", "a.r2py", b"")
    await owner.change_layers("v1", [("shout", SHOUT)])
    await owner.start("v1", "a.r2py")

    await owner.change_layers("v1", [])
    still_above = node.keepers.layers["v1"]
    await owner.stop("v1")
    await owner.start("v1", "a.r2py")

    assert (still_above, node.keepers.layers["v1"]) == ((("shout", SHOUT),), ())


async def test_a_user_cannot_take_layers_away(node: ServedNode) -> None:
    await node.client(OWNER).change_layers("v1", [("shout", SHOUT)])

    with pytest.raises(NotPermitted):
        await node.client(USER).ask(ChangeLayers("v1", ()))

    assert (await node.client(USER).status("v1")).security_layers == ("shout",)


async def test_what_is_not_what_the_owner_meant_changes_nothing(node: ServedNode) -> None:
    owner, user = node.client(OWNER), node.client(USER)
    await owner.change_layers("v1", [("shout", SHOUT)])
    meant = Layer("guard", "guard", BytesSource(SHOUT).digest)
    long = BytesSource(b"#" * (MAX_LAYER_BYTES + 1))

    with pytest.raises(NoSuchFile):
        await owner.ask(ChangeLayers("v1", (meant,)))
    await user.put("v1", "guard", WRAP)
    with pytest.raises(UsageError, match="changed since"):
        await owner.ask(ChangeLayers("v1", (meant,)))
    await user.put("v1", "guard", long)
    with pytest.raises(UsageError, match="longer than"):
        await owner.ask(ChangeLayers("v1", (Layer("guard", "guard", long.digest),)))

    assert node.ledger.layers("v1") == (("shout", SHOUT),)


async def test_layers_outlive_reset_and_hand_over_and_go_to_the_pieces(
    node: ServedNode,
) -> None:
    owner = node.client(OWNER)
    await owner.change_layers("v1", [("shout", SHOUT)])

    await owner.reset("v1")
    pieces = await owner.split("v1", [PART])
    await owner.change_owner(pieces.leftover, USER.public)
    mine = await owner.status(pieces.requested[0])
    theirs = await node.client(USER).status(pieces.leftover)

    assert (mine.security_layers, theirs.security_layers) == (("shout",), ("shout",))
    assert node.ledger.layers(pieces.requested[0]) == (("shout", SHOUT),)


async def test_layers_hold_in_real_vessels_after_a_crash_of_the_node_manager(
    tmp_path: Path,
) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public, users=[USER.public])
    async with (
        a_running_node(home) as node,
        asyncio.timeout(30),
        node.client(OWNER) as owner,
        node.client(USER) as user,
    ):
        await owner.put("v1", "hello", b"log('hello')\nsleep(0.2)\n")
        # More than one packet together, less than one layer may have.
        filling = b"#" * 90_000 + b"\n"
        await owner.change_layers("v1", [("shout", filling + SHOUT), ("wrap", filling + WRAP)])

        await node.kill()
        await node.start_again()
        await user.start("v1", "hello")
        said = [part.data async for part in user.follow_log("v1")]

        assert b"".join(said) == b"<HELLO>"


async def test_a_layer_that_the_language_refuses_stops_every_program(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public)
    async with (
        a_running_node(home) as node,
        asyncio.timeout(30),
        node.client(OWNER) as owner,
    ):
        await owner.put("v1", "hello", b"log('hello')\n")
        await owner.change_layers("v1", [("bad", b"\nimport os\n")])

        await owner.start("v1", "hello")
        said = [part.data async for part in owner.follow_log("v1")]
        status = await owner.status("v1")

        assert (status.cause, "line 2" in status.text) == ("refused", True)
        assert b"hello" not in b"".join(said)
