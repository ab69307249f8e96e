"""Every command with --json prints JSON and nothing else on stdout."""

import json
import sys

import click
import pytest

from seattle_p2p.cli.demo_network import DemoNetwork
from seattle_p2p.cli.main import seattle

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

STREAMS = {"run", "logs", "shell", "exec"}
"""Commands that print JSON Lines."""

ELSEWHERE = {
    "demo": "tests/live/test_demo.py",
    "donor run": "the network below could not be there without it",
    "seed run": "the network below could not be there without it",
}
RESTRICTIONS = """
resource cpu 0.5
resource memory 30000000
resource diskused 1000000
resource lograte 10000
resource events 10
"""

SCENARIO = """
version = 1
[meta]
name = "tiny"
duration_s = 30
[[nodes]]
name = "seeds"
count = 1
role = "bootstrap"
[[nodes]]
name = "donors"
count = 3
join_at_s = 1
join_span_s = 2
[network]
latency = "constant"
"""


def leaves(group=seattle, path=()):
    """Every command of the tree by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def parsed(command: str, out: str):
    """The documents in `out`; fails on anything that is not JSON."""
    if command in STREAMS:
        return [json.loads(line) for line in out.splitlines()]
    return [json.loads(out)]


def test_every_command_can_speak_json():
    missing = [
        words
        for words, command in leaves()
        if not any("--json" in parameter.opts for parameter in command.params)
    ]

    assert missing == []


@pytest.fixture
async def network(tmp_path):
    made = DemoNetwork(tmp_path / "network")
    made.open()
    yield made
    assert await made.close()


async def test_every_command_prints_json_and_nothing_else(network, tmp_path):
    owner = (await network.need("researcher", "keys", "new", "me")).strip()
    seed = await network.start_seed()
    installer = await network.build_installer(owner, seed=seed)
    donor = await network.add_donor("donor-01", installer)
    (tmp_path / "limits").write_text(RESTRICTIONS)
    (tmp_path / "hello.r2py").write_text('log("hello\\n")\n')
    (tmp_path / "data.txt").write_text("data")
    contact, folder = donor.facts["addresses"][0], str(network.home("donor-01"))
    hello, data = str(tmp_path / "hello.r2py"), str(tmp_path / "data.txt")
    plan, results = str(tmp_path / "plan.toml"), str(tmp_path / "results")
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    limits, scenario = str(tmp_path / "limits"), str(tmp_path / "scenario.toml")

    script = [
        ("keys new other", ["keys", "new", "other"], 0),
        ("keys list", ["keys", "list"], 0),
        ("keys show me", ["keys", "show", "me"], 0),
        ("browse", ["browse", "--contact", contact], 0),
        ("list", ["list"], 0),
        ("upload", ["upload", "all", data], 0),
        ("files", ["files", "all"], 0),
        ("download", ["download", "all", "data.txt", "--into", results], 0),
        ("delete", ["delete", "1", "data.txt"], 0),
        ("delete", ["delete", "all", "data.txt"], 3),
        ("delete", ["delete", "all", "data.txt"], 4),
        ("delete", ["delete", "--retry-failed"], 4),
        ("run", ["run", "all", hello, "words"], 0),
        ("logs", ["logs", "all"], 0),
        ("logs", ["logs", "-f", "1"], 0),
        ("start", ["start", "1", "hello.r2py"], 0),
        ("stop", ["stop", "all"], None),
        ("reset", ["reset", "all"], 0),
        ("stop", ["stop", "nosuch"], 2),
        ("shell", ["shell", "-c", "list", "-c", "show groups"], 0),
        ("completion bash", ["completion", "bash"], 0),
        ("planner new", ["planner", "new", plan], 0),
        ("planner build", ["planner", "build", plan], 2),
        ("donor status", ["donor", "status", "--dir", folder], 0),
        ("donor status", ["donor", "status", "--audit", "--dir", folder], 0),
        ("donor audit", ["donor", "audit", "--dir", folder], 0),
        ("donor pause", ["donor", "pause", "--dir", folder], 0),
        ("donor resume", ["donor", "resume", "--dir", folder], 0),
        ("seed check", ["seed", "check", seed], 0),
        ("api", ["api", "readat"], 0),
        ("exec", ["exec", "--restrictions", limits, hello], 0),
        ("sim plan", ["sim", "plan", scenario], None),
        ("sim run", ["sim", "run", scenario], None),
        ("sim sweep", ["sim", "sweep", scenario, "--out", results, "--seeds", "2"], None),
        ("donor uninstall", ["donor", "uninstall", "--dir", folder, "--yes"], 0),
        ("donor install", ["donor", "install", str(installer), "--dir", folder], 0),
    ]
    for words, arguments, code in script:
        finished = await network.command("researcher", *arguments, "--json")
        assert parsed(words, finished.out), (words, finished)
        if code is not None:
            assert finished.code == code, (words, finished)

    said = {words for words, _, _ in script}
    covered = {
        words
        for words, _ in leaves()
        if words in ELSEWHERE or any(s == words or s.startswith(words + " ") for s in said)
    }
    untried = {words for words, _ in leaves()} - covered
    assert untried == set()
