"""A researcher's commands against real donors: detach, re-attach, failures, trying again."""

import asyncio
import json
import signal
import sys
import time

import pytest

from seattle_p2p.cli.demo_network import DemoNetwork

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

COUNTER = """
count = 0
while True:
    count = count + 1
    log(callargs[0], "says", count, "\\n")
    sleep(0.1)
"""
NORMAL, BROKEN = 'log("fine\\n")\n', 'log("so far\\n")\nlist()[0]\n'


@pytest.fixture
async def network(tmp_path):
    made = DemoNetwork(tmp_path / "network")
    made.open()
    owner = (await made.need("researcher", "keys", "new")).strip()
    seed = await made.start_seed()
    installer = await made.build_installer(owner, seed=seed)
    async with asyncio.TaskGroup() as tasks:
        for name in ("donor-01", "donor-02"):
            tasks.create_task(made.add_donor(name, installer))
    await made.need("researcher", "browse", "--contact", seed)
    yield made
    assert await made.close()


def write(network, name, text):
    path = network.home("researcher") / name
    path.write_text(text)
    return name


async def test_ctrl_c_detaches_and_the_program_goes_on(network):
    program = write(network, "counter.r2py", COUNTER)
    command = await network.spawn("researcher", ("run", "all", program, "{name}"))
    seen = set()
    while len(seen) < 4:
        line = (await asyncio.wait_for(command.stdout.readline(), 30)).decode()
        name, _, text = line.partition(" | ")
        assert text.startswith(f"{name} says ")
        seen.add(name)
    command.send_signal(signal.SIGINT)
    _, err = await command.communicate()

    assert command.returncode == 0
    assert "seattle logs -f 1,2,3,4" in err.decode()
    states = json.loads(await network.need("researcher", "list", "--json"))["ok"]
    assert {state["state"] for state in states} == {"started"}

    again = await network.spawn("researcher", ("logs", "-f", "1", "--json"))
    lines = [json.loads(await again.stdout.readline()) for _ in range(3)]
    await network.need("researcher", "stop", "all")
    rest, _ = await asyncio.wait_for(again.communicate(), 30)

    events = lines + [json.loads(line) for line in rest.splitlines()]
    numbers = [int(e["text"].split()[-1]) for e in events if e["event"] == "line"]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_program_that_fails_or_is_refused_says_so_and_the_exit_code_too(network):
    good = await network.command("researcher", "run", "all", write(network, "ok.r2py", NORMAL))
    bad = await network.command("researcher", "run", "all", write(network, "x.r2py", BROKEN))
    refused = await network.command(
        "researcher", "run", "1", write(network, "y.r2py", "log('a')\nimport os\n")
    )

    assert (good.code, bad.code, refused.code) == (0, 4, 4)
    assert good.out.count("| fine") == 4
    assert bad.err.count("IndexError") == 4
    assert "line 2" in refused.err


async def test_what_failed_is_named_grouped_and_tried_again_there_only(network):
    gone = next(donor for donor in network.donors if donor.name == "donor-02-home")
    write(network, "data.txt", "data")
    await gone.stop(signal.SIGKILL)

    first = await network.command("researcher", "upload", "all", "data.txt", "--json")
    again = await network.command("researcher", "upload", "--retry-failed", "--json")

    assert first.code == 3
    assert again.code == 4
    outcome, repeated = json.loads(first.out), json.loads(again.out)
    node = gone.facts["node"][:12]
    failed = [entry["vessel"] for entry in outcome["failed"]]
    assert sorted(failed) == [f"{node}:v1", f"{node}:v2"]
    assert len(outcome["reasons"]) == 1
    assert [entry["vessel"] for entry in repeated["failed"]] == failed
    assert repeated["ok"] == []

    folder = str(network.home("donor-02"))
    await network.start("donor-02-home", "donor", "run", "--dir", folder, "--json")
    last = await network.command("researcher", "upload", "--retry-failed", "--json")

    assert last.code == 0, last
    assert len(json.loads(last.out)["ok"]) == 2


async def test_a_machine_that_hangs_is_named_and_holds_nobody_up(network):
    hanging = next(donor for donor in network.donors if donor.name == "donor-02-home")
    hanging.process.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        finished = await network.command("researcher", "list", "--timeout", "1", "--json")
        took_s = time.monotonic() - begun
    finally:
        hanging.process.send_signal(signal.SIGCONT)

    document = json.loads(finished.out)
    assert finished.code == 3
    assert len(document["ok"]) == 2
    assert {entry["vessel"].partition(":")[0] for entry in document["failed"]} == {
        hanging.facts["node"][:12]
    }
    assert [reason["message"] for reason in document["reasons"]] == ["no answer within 1 s"]
    assert took_s < 10  # one second of waiting, the rest is starting up on a busy machine
