import json

import pytest

from seattle_p2p.cli.stream import LogPrinter
from seattle_p2p.errors import Unreachable
from seattle_p2p.experiment.group import GroupResult, Outcome
from seattle_p2p.experiment.log_events import End, Gap, Line
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair

A = Vessel(1, KeyPair(bytes([1]) * 32).public, "v1", ())
B = Vessel(2, KeyPair(bytes([2]) * 32).public, "v10", ())
EVENTS = [
    Line(A, 0, "hello"),
    Gap(A, 6, 100),
    Line(B, 5, "\x1b[2J\x07bell"),
    End(A, 106, None),
    End(B, 9, Unreachable("cut", hint="wait")),
]


def shown(capsys, *, as_json):
    printer = LogPrinter([A, B], as_json=as_json)
    for event in EVENTS:
        printer.event(event)
    return capsys.readouterr()


def test_people_see_lines_marked_with_their_vessel_in_one_width(capsys):
    out, err = shown(capsys, as_json=False)

    first, second = out.splitlines()
    assert first == f"{A.name}  | hello"
    assert second.startswith(f"{B.name} | ")
    assert "100 bytes of the log are gone" in err
    assert f"{B.name}: cut" in err


def test_a_program_in_a_vessel_cannot_command_the_terminal(capsys):
    out, _ = shown(capsys, as_json=False)

    assert "\x1b" not in out
    assert "\x07" not in out
    assert r"\x1b[2J" in out


def test_programs_get_one_json_object_a_line_with_the_text_as_it_is(capsys):
    out, _ = shown(capsys, as_json=True)

    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["event"] for line in lines] == ["line", "gap", "line", "failed"]
    assert lines[2]["text"] == "\x1b[2J\x07bell"
    assert lines[3]["code"] == "unreachable"


@pytest.mark.parametrize("as_json", [True, False])
def test_where_a_program_did_not_start_is_said_once(capsys, as_json):
    result = GroupResult((Outcome(A, 0, None, 0.1), Outcome(B, None, Unreachable("no"), 0.1)))

    LogPrinter([A, B], as_json=as_json).started(result)

    out, err = capsys.readouterr()
    if as_json:
        assert [json.loads(line)["event"] for line in out.splitlines()] == ["started", "failed"]
    else:
        assert (out, err) == ("", "started in 1 of 2 vessels\n")
