"""Programs as people wrote them for Repy V2, in Python 2: translated, they do what they did.

Each of `migrated/` says in its head what it prints (checked with Python 2.7 where it needs no
vessel) and in which of its lines a person must look.
"""

import re
from pathlib import Path

import msgspec
import pytest

from seattle_p2p.vessel.migration.translate import translate
from tests.support.vessels import amounts, free_ports, keepers_in, log_of

PROGRAMS = sorted((Path(__file__).parent / "migrated").glob("*.r2py"))
RUN = [path for path in PROGRAMS if "# library: yes" not in path.read_text()]


def head(path: Path, key: str) -> list[str]:
    """Every value of a key in a program's head."""
    return re.findall(rf"^# {key}: (.*)$", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
async def test_a_translated_program_does_what_it_did(tmp_path, path):
    translated = translate(path.read_bytes())
    program = tmp_path / "program"
    program.write_text(translated.text, "utf-8")
    ports = free_ports(2)
    resources = amounts(messport=ports, connport=ports)

    async with keepers_in(tmp_path / "vessels") as keepers:
        keepers.make("v1")
        library = translate(path.with_name("library.r2py").read_bytes()).text.encode()
        with (
            keepers.folder("v1", resources) as folder,
            folder.put("library.r2py", len(library)) as upload,
        ):
            upload.write(library)
            upload.commit()
        await keepers.start(
            "v1",
            resources,
            "program",
            [],
            "r",
            launch_with=lambda launch: msgspec.structs.replace(
                launch, program_path=str(program)
            ),
        )
        status = await keepers.wait_end("v1")

        assert status.cause == "done", (status, log_of(keepers), translated.text)
        printed = [line.rstrip() for line in log_of(keepers).splitlines()]
        assert printed == head(path, "prints")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_person_is_asked_to_look_where_it_says_and_nowhere_else(path):
    translated = translate(path.read_bytes())

    wanted = [int(number) for line in head(path, "look") for number in line.split()]
    assert sorted({remark.line for remark in translated.to_look_at}) == wanted
    assert translated.refused == ()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_lines_keep_their_numbers(path):
    before = path.read_text().split("\n")

    translated = translate(path.read_bytes(), marks=False)

    after = translated.text.split("\n")[translated.added_lines :]
    assert len(after) == len(before)
    untouched = {
        n for n, line in enumerate(before) if not line.strip() or line.startswith("# ")
    }
    assert all(after[n] == before[n] for n in untouched)


def test_there_are_a_dozen_programs():
    assert len(PROGRAMS) >= 12
