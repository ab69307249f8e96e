"""The positive control may get what it wants on its stage, and harms nothing of the machine."""

import os
from pathlib import Path

import pytest

from tests.sandbox.bare import careless_names


class Disguised(str):
    """A name that calls itself harmless."""

    def __str__(self) -> str:
        return "harmless"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a stage of its own, in whose folder `files` a program begins."""
    (tmp_path / "stage" / "files").mkdir(parents=True)
    (tmp_path / "stage" / "secret").write_text("the stage's")
    (tmp_path / "passwd").write_text("the machine's")
    monkeypatch.chdir(tmp_path / "stage" / "files")
    return tmp_path


@pytest.mark.parametrize("kind", [str, Disguised, os.fsencode])
def test_a_file_of_the_machine_is_neither_removed_nor_written(machine: Path, kind) -> None:
    names = careless_names([])

    names["removefile"](kind(str(machine / "passwd")))
    opened = names["openfile"](kind(str(machine / "passwd")), True)
    with pytest.raises(OSError):
        opened.writeat("gone", 0)
    opened.close()

    assert (machine / "passwd").read_text() == "the machine's"


def test_a_file_of_the_stage_is_removed_wherever_it_lies(machine: Path) -> None:
    careless_names([])["removefile"](Disguised("../secret"))

    assert not (machine / "stage" / "secret").exists()
