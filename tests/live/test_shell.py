"""The shell against real donors: the take-home exercise, groups, failures, state."""

import json
import signal
import sys
from pathlib import Path

import pytest

from seattle_p2p.cli.demo_network import DemoNetwork
from seattle_p2p.cli.matrix import complete

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

LEARN = Path(__file__).resolve().parents[2] / "docs" / "learn"
SCRIPT, PAGE = LEARN / "take-home.txt", LEARN / "take-home.md"


@pytest.fixture
async def network(tmp_path):
    made = DemoNetwork(tmp_path / "network")
    made.open()
    owner = (await made.need("researcher", "keys", "new")).strip()
    seed = await made.start_seed()
    installer = await made.build_installer(owner, seed=seed)
    for name in ("donor-01", "donor-02"):
        await made.add_donor(name, installer)
    assert await made.wait_until_met()
    found = await made.need("researcher", "browse", "--json", "--contact", seed)
    assert len(json.loads(found)["vessels"]) == 4
    yield made
    assert await made.close()


def commands(script):
    """The lines of a script that do something."""
    return [line for line in script.splitlines() if line and not line.startswith("#")]


async def script(network, *lines, code=0):
    """Run lines with --json; what each printed, by command."""
    arguments = [word for line in lines for word in ("-c", line)]
    finished = await network.command("researcher", "shell", "--json", *arguments)
    assert finished.code == code, finished
    assert "Traceback" not in finished.err
    return [json.loads(line) for line in finished.out.splitlines()]


def test_the_page_of_the_take_home_exercise_shows_every_line_of_its_script():
    page = PAGE.read_text()

    assert [line for line in commands(SCRIPT.read_text()) if f"    {line}\n" not in page] == []


async def test_the_take_home_exercise_works_from_its_first_line_to_its_last(network):
    finished = await network.command("researcher", "shell", "--json", str(SCRIPT))

    assert finished.code == 0, finished.err[-3000:]
    said = [json.loads(line) for line in finished.out.splitlines()]
    by_command = {}
    for document in said:
        by_command.setdefault(document.get("command", document.get("event")), []).append(
            document
        )
    pair, everybody = by_command["show matrix"]
    assert len(pair["matrix_ms"]) == 2
    assert len(everybody["matrix_ms"]) == 4
    assert complete(everybody["matrix_ms"], list(everybody["matrix_ms"]))
    hellos = [d for d in by_command["line"] if d["text"].startswith("hello!")]
    assert len(hellos) == 1 + 4 + 1 + 1 + 1
    roles = [[v["role"] for v in found["vessels"]] for found in by_command["browse"]]
    assert roles == [["owner"] * 4, ["user"], ["owner"], ["owner"], ["owner"] * 5]
    (split,), (joined,) = by_command["split"], by_command["join"]
    assert len(split["ok"][0]["requested"]) == 1
    assert len(joined["ok"]) == 1
    granted = [entry["restrictions"] for entry in by_command["show resources"][-1]["ok"]]
    before = next(v for v in by_command["browse"][0]["vessels"] if v["number"] == 4)
    assert granted == [before["restrictions"]]
    home = network.home("researcher")
    assert len(list((home / "results").glob("*-row.txt"))) == 4
    assert len(list(home.glob("before.*"))) == 4


async def test_where_it_worked_and_where_it_failed_are_groups_for_the_next_command(network):
    home = network.home("researcher")
    (home / "data.txt").write_text("data")
    await network.donors[1].stop(signal.SIGKILL)

    said = await script(
        network,
        "set stoponerror off",
        "set timeout 5",
        "upload data.txt",
        "on uploadgood show files",
        "on uploadfail upload data.txt",
        "list",
        "show groups",
        code=3,
    )

    uploaded, files, again, listed, groups = said
    assert [len(uploaded["ok"]), len(uploaded["failed"])] == [2, 2]
    assert [len(files["ok"]), len(files["failed"])] == [2, 0]
    assert [len(again["ok"]), len(again["failed"])] == [0, 2]
    assert len(listed["failed"]) == 2
    names = {name: len(members) for name, members in groups["groups"].items()}
    assert (names["listgood"], names["listfail"], names["listfresh"]) == (2, 2, 2)


async def test_a_saved_session_drops_the_dead_into_a_group_and_goes_on_with_the_others(network):
    home = network.home("researcher")
    (home / "secret").write_text("correct horse\n")
    secret = ("--passphrase-file", "secret")
    saved = await network.command(
        "researcher", "shell", *secret, "-c", "add 1-4 to lab", "-c", "savestate s.state"
    )
    assert saved.code == 0, saved
    await network.donors[0].stop(signal.SIGKILL)

    loaded = await network.command(
        "researcher",
        *("shell", "--json", *secret, "-c", "set stoponerror off", "-c", "set timeout 5"),
        *("-c", "loadstate s.state", "-c", "show groups", "-c", "on lab list"),
    )

    assert loaded.code == 3, loaded
    reloaded, groups, listed = [json.loads(line) for line in loaded.out.splitlines()]
    assert [len(reloaded["alive"]), len(reloaded["dead"])] == [2, 2]
    assert len(groups["groups"]["reloadfail"]) == 2
    assert [len(listed["ok"]), len(listed["failed"])] == [2, 0]


async def test_vessels_of_one_machine_are_taken_in_without_the_overlay(network):
    facts = network.donors[0].facts
    address = next(a for a in facts["addresses"] if "@" in a)

    (one,) = await script(network, f"contact {address}:v1")
    (both,) = await script(network, f"contact {address}")

    assert [v["vessel"] for v in one["vessels"]] == [f"{facts['node'][:12]}:v1"]
    assert len(both["vessels"]) == 2


async def test_files_are_put_listed_read_and_deleted(network):
    folder = network.home("researcher") / "experiment"
    folder.mkdir()
    (folder / "inner").mkdir()
    (folder / "a.txt").write_text("one\ntwo\n")
    (folder / "b.txt").write_text("three\n")

    uploaded, cat, deleted, listed, gone = await script(
        network,
        "set stoponerror off",
        "uploaddir experiment",
        "on %1,%2 cat a.txt",
        "on %1 delete a.txt",
        "show files",
        "cat a.txt",
        code=3,
    )

    assert len(uploaded["ok"]) == 4
    assert {entry["text"] for entry in cat["ok"]} == {"one\ntwo\n"}
    assert len(deleted["ok"]) == 1
    held = [sorted(file["name"] for file in entry["files"]) for entry in listed["ok"]]
    assert held == [["b.txt"], *[["a.txt", "b.txt"]] * 3]
    assert [len(gone["ok"]), len(gone["failed"])] == [3, 1]


async def test_owners_set_what_is_shown_and_others_may_not(network):
    said = await script(
        network,
        "genkeys ada",
        "set ownerinfo course of spring, group 3",
        "on %1 set advertise off",
        "on %2 set users ada",
        "on %2 set keeprunning on",
        "show info",
        "show ip",
        "show offcut",
        "set stoponerror off",
        "as ada on %2 set ownerinfo mine",
        "as ada on %1 start x.r2py",
        code=5,
    )

    infos, hosts, offcut, owners_only, stranger = said[5:]
    facts = [(e["information"], e["advertise"], len(e["users"])) for e in infos["ok"]]
    label = "course of spring, group 3"
    assert facts == [(label, False, 0), (label, True, 1), (label, True, 0), (label, True, 0)]
    assert hosts["addresses"] == ["127.0.0.1"]
    assert [entry["number"] for entry in offcut["ok"]] == [1, 3]
    assert owners_only["failed"][0]["code"] == stranger["failed"][0]["code"] == "not_permitted"


async def test_vessels_are_split_in_three_ways_and_joined_where_there_are_several(network):
    (network.home("researcher") / "small").write_text(
        "resource cpu 0.01\nresource memory 20000000\nresource diskused 1000000\n"
    )

    said = await script(
        network,
        "on %1 split small",
        "on %2 split --keep 25%",
        "on %3 split --into 3",
        "show groups",
        "on splitgood,%4 join",
        "set stoponerror off",
        "join",
        "on joingood split --into 1",
        "on %99 split --into 2",
        code=4,
    )

    by_file, kept, three, groups, joined, single, senseless, nobody = said
    assert [len(s["ok"][0]["requested"]) for s in (by_file, kept, three)] == [1, 1, 2]
    assert [len(groups["groups"][f"split{n}"]) for n in (1, 2, 3)] == [1, 1, 1]
    assert len(joined["ok"]) == 1
    assert len(single["ok"]) == 1  # the pieces of %1 and %2, on the other machine
    assert "2 to 16" in senseless["failed"][0]["message"]
    assert nobody["error"]["code"] == "usage"


async def test_vessels_are_updated_started_and_named_where_they_are(network):
    (network.home("researcher") / "words.r2py").write_text('log(callargs[0], "\\n")\n')
    said = await script(
        network,
        "upload words.r2py",
        "start words.r2py /a=b,c:d",
        "wait 30",
        "update",
        "show groups",
        "show log",
        "show hostname",
    )

    _, started, waited, updated, groups, logs, names = said
    assert len(started["ok"]) == len(waited["ok"]) == len(updated["ok"]) == 4
    assert {"updategood", "updatefail", "startgood", "waitgood"} <= set(groups["groups"])
    assert len(groups["groups"]["updategood"]) == 4
    assert {entry["text"] for entry in logs["ok"]} == {"/a=b,c:d \n"}
    assert list(names["names"]) == ["127.0.0.1"]
