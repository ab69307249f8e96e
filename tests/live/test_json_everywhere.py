"""Every command with --json prints what its schema says, and nothing else on stdout."""

import asyncio
import contextlib
import io
import json
import signal
import sys

import click
import jsonschema
import pytest

from seattle_p2p.cli.demo_network import NETWORK, DemoNetwork, Finished
from seattle_p2p.cli.documents.registry import COMMANDS, WORDS
from seattle_p2p.cli.documents.schema import whole_schema
from seattle_p2p.cli.main import run, seattle
from seattle_p2p.cli.shell.built_in import built_in_words
from tests.support.schemas import check, closed

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

ELSEWHERE = {
    "demo": "tests/live/test_demo.py, which checks its document",
    "donor run": "the network below is made of them; its first line is checked",
    "sim compile": "tests/simulated/test_compiled.py, for it takes so long",
    "seed run": "the network below could not be there without it; its line is checked",
    "shell": "its words are checked one by one below",
}
HERE = {"keys", "list", "info", "resources", "upload", "files", "cat", "download", "collect"}
HERE |= {"delete", "logs", "start", "stop", "reset", "users", "advertise", "keep-running"}
HERE |= {"split", "join", "owner", "completion", "schema", "api", "examples", "layers"}
HERE |= {"planner", "migrate"}
"""Commands that neither handle signals nor fork, and so need no process of their own."""

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


def check_word(line: str):
    """One line of the shell's output: it is as documented for that very word."""
    whole = closed(whole_schema())
    found = json.loads(line)
    watched = found.get("event") in ("seen", "silent")
    word = found.get("command") or ("watch" if watched else "run")  # or events, and errors
    schema = {**whole["words"][word], "$defs": whole["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(found)
    return word


def test_every_command_and_every_word_has_a_schema():
    assert {words for words, _ in leaves()} == set(COMMANDS)
    quiet = {"on", "as", "set", "set timeout", "set parallel", "set stoponerror"}
    quiet |= {"set autosave", "savestate", "exit", "enable", "disable"}
    assert {word.name for word in built_in_words()} == set(WORDS) | quiet


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


def here(line):
    """Run a command in this process, which has imported everything already."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(line)
    return Finished(code, out.getvalue(), err.getvalue())


async def test_every_command_prints_what_its_schema_says_and_nothing_else(
    network, tmp_path, monkeypatch
):
    monkeypatch.setenv("SEATTLE_HOME", str(network.home("researcher")))
    monkeypatch.setenv("SEATTLE_NETWORK", NETWORK)
    owner = (await network.need("researcher", "keys", "new", "me")).strip()
    seed = await network.start_seed()
    installer = await network.build_installer(owner, seed=seed)
    donor = await network.add_donor("donor-01", installer)
    other = await network.add_donor("donor-02", installer)
    (tmp_path / "limits").write_text(RESTRICTIONS)
    (tmp_path / "hello.r2py").write_text('log("hello\\n")\n')
    (tmp_path / "bad.r2py").write_text("import os\n")
    (tmp_path / "data.txt").write_text("data")
    contact, folder = donor.facts["addresses"][0], str(network.home("donor-01"))
    hello, data = str(tmp_path / "hello.r2py"), str(tmp_path / "data.txt")
    bad = str(tmp_path / "bad.r2py")
    plan, results = str(tmp_path / "plan.toml"), str(tmp_path / "results")
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    listed, signed = str(tmp_path / "list.toml"), str(tmp_path / "list.seeds")
    (tmp_path / "list.toml").write_text(
        f'network = "{NETWORK}"\n[[seed]]\naddress = "{seed}"\n'
    )
    limits, scenario = str(tmp_path / "limits"), str(tmp_path / "scenario.toml")
    check("donor run", json.dumps(donor.facts))
    assert network.seed is not None
    check("seed run", json.dumps(network.seed.facts))
    tried = set()

    async def attempt(words, arguments, code):
        given = arguments.split() if isinstance(arguments, str) else arguments
        line = [*words.split(), *given]
        line.insert(1 if words == "exec" else len(line), "--json")
        if words.split()[0] in HERE and "-f" not in given:
            finished = await asyncio.to_thread(here, line)
        else:
            finished = await network.command("researcher", *line)
        found = check(words, finished.out)
        if code is not None:
            assert finished.code == code, (line, finished)
        tried.add(words)
        return found

    for words, arguments, code in [
        ("keys new", "other", 0),
        ("keys list", "", 0),
        ("keys show", "me", 0),
        ("keys show", "nosuch", 1),
        ("browse", ["--contact", contact], 0),
        ("list", "", 0),
        ("info", "all", 0),
        ("resources", "1", 0),
        ("upload", ["all", data], 0),
        ("files", "all", 0),
        ("cat", "all data.txt", 0),
        ("download", ["all", "data.txt", "--into", results], 0),
        ("collect", ["all", "--into", results], 0),
        ("delete", "1 data.txt", 0),
        ("delete", "all data.txt", 3),
        ("delete", "all data.txt", 4),
        ("delete", "--retry-failed", 4),
        ("run", ["all", hello, "words"], 0),
        ("run", ["1", bad], 4),
        ("logs", "all", 0),
        ("logs", "-f 1 --since 1h", 0),
        ("watch", "all --count 2 --every 0.2", 0),
        ("start", "2 hello.r2py", 0),
        ("wait", "all --for 30", 0),
        ("stop", "all", None),
        ("reset", "all", 0),
        ("stop", "nosuch", 2),
        ("info", "1 --label mine", 0),
        ("users", "1 other", 0),
        ("users", "1", 0),
        ("advertise", "1 on", 0),
        ("keep-running", "1 on", 0),
        ("split", "1 --into 2", 0),
        ("split", "2 --into 17", None),
        ("resources", "all --offcut", 0),
        ("join", "all", 0),
        ("owner", "all", 0),
        ("completion", "bash", 0),
        ("schema", "donor status", 0),
        ("doctor", "", 0),
        ("api", "log", 0),
        ("examples", "udp", 0),
        ("layers", "all", 0),
        ("layers", ["all", hello], 0),
        ("layers", "all --none", 0),
        ("planner new", [plan], 0),
        ("planner build", [plan], 2),
        ("donor status", ["--dir", folder], 0),
        ("donor status", ["--audit", "--dir", folder], 0),
        ("donor audit", ["--dir", folder], 0),
        ("donor share", ["--dir", folder, "60"], 0),
        ("donor share", ["--dir", folder, "0.0001"], 1),
        ("donor pause", ["--dir", folder], 0),
        ("donor resume", ["--dir", folder], 0),
        ("seed check", [seed], 0),
        ("seed sign", [listed, "--key", "me"], 0),
        ("seed list", [signed], 0),
        ("browse", ["--seeds", signed], 0),
        ("overlay stats", ["--dir", folder], 0),
        ("overlay peers", ["--contact", contact], 0),
        ("overlay lookup", [owner, "--dir", folder], 0),
        ("overlay lookup", "00" * 20, 0),
        ("migrate", [bad], 3),
        ("exec", ["--restrictions", limits, hello], 0),
        ("sim plan", [scenario], None),
        ("sim run", [scenario], None),
        ("sim sweep", [scenario, "--out", results, "--seeds", "2"], None),
    ]:
        await attempt(words, arguments, code)
    await _check_words(network, owner, data, hello)
    await other.stop(signal.SIGKILL)
    for words, arguments in [("list", ""), ("logs", "all"), ("logs", "-f all")]:
        found = await attempt(words, arguments, 3)
        assert any("unreachable" in str(part) for part in found)
    await attempt("watch", "all --count 1 --timeout 0.5", 0)
    await attempt("owner", "all other", 3)
    await attempt("browse", "", None)
    await attempt("donor uninstall", ["--dir", folder, "--yes"], 0)
    await attempt("donor install", [str(installer), "--dir", folder], 0)

    untried = set(COMMANDS) - tried - set(ELSEWHERE)
    assert untried == set()


async def _check_words(network, owner, data, hello):
    """Every word of the shell that prints something, in one script."""
    script = [
        *("help", "help targets", "show identities", "show plugins", "show settings"),
        *("set x 5", "show variables", "echo $x", "browse", "list", "update", "show info"),
        *("show owner", "show users", "show ownerinfo", "show advertise", "show targets"),
        *("show ip", "show hostname", "add all to lab", "show groups"),
        *(
            "add all to spare",
            "on lab move all to spare",
            "remove all from spare",
            f"upload {data}",
            "show files",
        ),
        *("cat data.txt", "download data.txt", "collect"),
        *("delete data.txt", "delete data.txt"),
        *(f"run {hello}", "start hello.r2py", "wait 30", "stop", "logs", "show log", "logs -f"),
        *(
            "watch --count 1",
            "show neighbours",
            "show matrix",
            "show resources",
            "show offcut",
            "reset",
        ),
        *("set keeprunning off", "set users other", "set ownerinfo mine", "set advertise on"),
        *("set layers", "show layers"),
        *("genkeys third", "loadkeys third as fourth", f"loadpub {owner} as again"),
        *("split --into 2", "on splitgood join", "nosuch", "uploaddir .", "as third list"),
        *("contact nonsense", "set owner me"),
    ]
    lines = [part for line in script for part in ("-c", line)]
    finished = await network.command(
        "researcher", "shell", "--json", "-c", "set stoponerror off", *lines
    )

    seen = {check_word(line) for line in finished.out.splitlines()}

    assert set(WORDS) - seen - {"contact", "loadstate"} == set()
