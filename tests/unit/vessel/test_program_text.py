"""A program's text as its keeper holds it."""

import pytest

from seattle_p2p.vessel.control import Launch, NetworkRules
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.program_text import MAX_PROGRAM_BYTES, ProgramText
from seattle_p2p.vessel.requests import PIECE
from tests.support.vessels import store


@pytest.fixture
def text_of(tmp_path):
    def make(content: bytes | None, layers=(), path: str = "") -> ProgramText:
        launch = Launch(
            vessel_id="v1",
            run_id="r",
            state_dir=str(tmp_path),
            files_dir=str(tmp_path / "files"),
            program="program",
            program_path=path,
            arguments=("x",),
            restrictions="",
            rules=NetworkRules(),
            layers=tuple(layers),
        )
        if content is not None:
            with VesselFolder(tmp_path / "files", 10**7) as folder:
                store(folder, "program", content)
        return ProgramText(launch, lambda: VesselFolder(tmp_path / "files", 10**7))

    return make


def test_the_text_comes_in_pieces_with_its_layers_behind_it(text_of):
    own = b"x" * (PIECE + 10)
    text = text_of(own, [("below", b"first"), ("above", b"second")])

    assert text.problem == ""
    assert text.job()[:2] == ["program", len(own)]
    assert text.job()[-1] == [("below", 5), ("above", 6)]
    assert text.piece(0) + text.piece(PIECE) == own + b"firstsecond"
    assert text.piece(-5) == text.piece(0)
    assert text.piece(10**9) == b""


def test_lines_are_those_of_the_program_alone(text_of):
    assert text_of(b"a\nb\nc", [("layer", b"\n\n\n")]).lines == 3


@pytest.mark.parametrize(
    ("content", "path", "words", "lines"),
    [
        (None, "", "cannot be read", 0),
        (b"", "/nowhere/program", "cannot be read", 0),
        (b"\n" * (MAX_PROGRAM_BYTES + 1), "", "longer than", MAX_PROGRAM_BYTES + 2),
    ],
)
def test_what_cannot_be_run_is_said_in_words(text_of, content, path, words, lines):
    text = text_of(content, path=path)

    assert words in text.problem
    assert "/nowhere" not in text.problem
    assert text.lines == lines


def test_what_was_begun_is_forgotten(text_of):
    text = text_of(b"log('x')")
    text.forget()

    assert text.piece(0) == b""
