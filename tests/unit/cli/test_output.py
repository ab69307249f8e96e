"""What commands print, when nodes and programs would like to command the terminal."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.cli import output
from seattle_p2p.cli.main import tell
from seattle_p2p.errors import Unreachable

COMMANDS = ("\x1b[2J\x1b]0;owned\x07", "\x9b2J", "a\rb", "back\x08", "\u202eturned", "\x7f")


@pytest.mark.parametrize("text", COMMANDS)
def test_nothing_that_a_stranger_says_commands_a_terminal(text, capsys):
    output.note(f"failed on 1: {text}")
    output.table(("NAME", text), [("v1", text)])
    output.line({"said": text})
    output.document([text])
    tell(Unreachable(text, hint=text), as_json=True)

    told = capsys.readouterr()
    for shown in (told.out, told.err):
        assert all(c.isprintable() or c == "\n" for c in shown)


def test_a_stranger_cannot_add_rows_to_a_table(capsys):
    output.table(("NAME", "LABEL"), [("v1", "fine\nv2  stolen")])

    assert len(capsys.readouterr().out.splitlines()) == 2


@given(text=st.text() | st.sampled_from(COMMANDS))
def test_json_means_the_same_when_it_is_made_harmless(text):
    with contextlib.redirect_stdout(io.StringIO()) as told:
        output.line({"said": text})

    assert json.loads(told.getvalue()) == {"said": text}


def test_the_lines_of_a_note_stay_lines(capsys):
    output.note("the plan has 2 problems:\n  line 1: é\n  line 2: ü")

    assert capsys.readouterr().err == "the plan has 2 problems:\n  line 1: é\n  line 2: ü\n"
