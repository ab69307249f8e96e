"""Golden bytes of the installer's specification."""

from pathlib import Path

import msgspec

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.bundle import make_installer, read_installer
from seattle_p2p.installer.manifest import manifest_of
from seattle_p2p.installer.plan import read_plan

SPECIFICATION = Path(__file__).parents[2] / "docs" / "spec" / "installer.md"
PLANNER, ANN, BOB = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))
PLAN = f"""
network = "lab"
seeds = ["[2001:DB8::0007]:4711"]
note = "hello"
[[vessel]]
percent = 40
owner = "{ANN.public.text}"
users = ["{BOB.public.text}", "{ANN.public.text}"]
[[vessel]]
percent = 60
owner = "{BOB.public.text}"
"""


def vector(name):
    """The value that the specification prints after ``name:``, over its indented lines."""
    text = SPECIFICATION.read_text()
    _, _, after = text.partition(f"{name}:\n\n")
    assert after, f"the specification has no {name}"
    lines = after.split("\n\n")[0].splitlines()
    return "\n".join(line[4:] for line in lines)


def test_manifest_is_the_one_of_the_specification():
    plan = read_plan(PLAN)

    assert msgspec.msgpack.encode(manifest_of(plan)).hex() == vector("Manifest").replace(
        "\n", ""
    )


def test_file_is_the_one_of_the_specification():
    assert make_installer(read_plan(PLAN), PLANNER).decode() == vector("File") + "\n"


def test_file_of_the_specification_is_accepted():
    installer = read_installer(vector("File").encode())

    assert installer.planner == PLANNER.public
    assert installer.plan == read_plan(PLAN)
