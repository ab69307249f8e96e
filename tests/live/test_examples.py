"""The examples that ship with the package do what they say, in vessels."""

import asyncio
import re
from pathlib import Path

import pytest

from seattle_p2p.cli.examples import texts, what
from seattle_p2p.cli.main import run
from seattle_p2p.vessel.restrictions import format_restrictions
from tests.support.command_line import Person
from tests.support.vessels import amounts, free_ports, keepers_in, log_of

ALONE = {
    "hello": (["a", "word"], "hello! my arguments are: a word"),
    "files": (["été"], "1 été \n1 lines in diary.txt of 1 files"),
    "udp": ([], "answer: HELLO ME"),
    "tcp_server": ([], "you said: one\nyou said: two\n"),
    "threads": (["500", "2"], "95 primes below 500 by 2 threads, the last is 499"),
    "timers": ([], "under a second: True"),
    "web_page": ([], "HTTP/1.0 200 OK with a row for memory: True"),
    "map_reduce": ([], "6 words in 1 pieces on 1 vessels: the 2, itself 1, of 1"),
}
"""Arguments, and words of the log, of examples that need one vessel."""

ELSEWHERE = {
    "counter": "never ends; tests/live/test_shell.py follows and stops it",
    "all_pairs_ping": "needs several vessels: tests/live/test_demo.py",
    "keep_first_bytes": "a security layer, below",
}

NEEDED = ["hello", "files", "udp", "tcp_server", "threads", "timers", "web_page"]
NEEDED += ["map_reduce", "all_pairs_ping", "keep_first_bytes"]


def test_the_ten_are_there_and_each_is_tried():
    assert set(NEEDED) <= set(texts())
    assert set(texts()) == {*ALONE, *ELSEWHERE}
    assert all(40 < len(what(text)) < 120 for text in texts().values())


@pytest.mark.parametrize("name", ALONE)
async def test_an_example_runs_with_seattle_exec(tmp_path, name):
    arguments, words = ALONE[name]
    ports = free_ports(2)
    (tmp_path / "limits").write_text(
        format_restrictions(amounts(messport=ports, connport=ports))
    )
    person = Person(tmp_path)
    await person.needs("examples", name, "--into", ".")

    said = await person.needs(
        "exec", "--restrictions", "limits", "--testbed", f"{name}.r2py", *arguments
    )

    assert words in said.out


async def test_an_example_layer_guards_an_example_program(tmp_path):
    (tmp_path / "limits").write_text(format_restrictions(amounts()))
    (tmp_path / "write.r2py").write_text(
        "f = openfile('f', True)\nf.writeat('head', 0)\nf.writeat('body', 4)\n"
        "try:\n    f.writeat('x', 2)\nexcept ResourceForbiddenError:\n    log('kept')\n"
    )
    person = Person(tmp_path)
    await person.needs("examples", "keep_first_bytes", "--into", ".")

    said = await person.needs(
        "exec", "--restrictions", "limits", "--layer", "keep_first_bytes.r2py", "write.r2py"
    )

    assert said.out == "kept"


async def test_map_reduce_counts_on_several_vessels(tmp_path):
    ports = free_ports(3)
    words = ("the cat and the dog " * 500).strip()
    names = {f"v{number}": port for number, port in enumerate(ports, start=1)}
    listed = "".join(f"{name} 127.0.0.1 {port}\n" for name, port in names.items())
    program = texts()["map_reduce"]
    async with keepers_in(tmp_path / "vessels") as keepers, asyncio.timeout(30):
        for name, port in names.items():
            resources = amounts(messport=(port,), loopsend=10**6, looprecv=10**6)
            files = {"program": program, "neighbours.txt": listed}
            files |= {"text.txt": words} if name == "v1" else {}
            for file, text in files.items():
                put(keepers, name, resources, file, text.encode())
            await keepers.start(name, resources, "program", [name], f"run-{name}")
        for name in names:
            status = await keepers.wait_end(name)
            assert status.cause == "done", (status, log_of(keepers, name))

        assert "2500 words in 5 pieces on 2 vessels: the 1000, and 500, cat 500" in (
            log_of(keepers, "v1").replace("  ", " ")
        )
        assert log_of(keepers, "v2") == "counted for others\n"


def put(keepers, vessel: str, resources, file: str, data: bytes) -> None:
    with keepers.folder(vessel, resources) as folder, folder.put(file, len(data)) as upload:
        upload.write(data)
        upload.commit()


def test_the_command_lists_shows_and_never_overwrites(tmp_path, capsys):
    assert run(["examples"]) == 0
    assert re.search(r"^udp +Two ends", capsys.readouterr().out, re.MULTILINE)
    assert run(["examples", "udp.r2py"]) == 0
    assert capsys.readouterr().out == texts()["udp"]
    assert run(["examples", "--into", str(tmp_path / "new")]) == 0
    assert len(list((tmp_path / "new").iterdir())) == len(texts())
    assert run(["examples", "udp", "--into", str(tmp_path / "new")]) == 2
    assert run(["examples", "nonsense"]) == 2


def test_the_page_of_the_examples_names_each():
    page = (Path(__file__).parents[2] / "docs/learn/examples.md").read_text()

    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == set(texts())
