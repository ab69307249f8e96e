"""The two walks of docs/know/architecture.md name what there is: modules, classes, methods."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "know" / "architecture.md"
ROW = re.compile(r"^\| (?P<step>[^|]+?) \| `(?P<module>[^`]+)` \| `(?P<name>[^`]+)` \|")


def walks() -> dict[str, list[tuple[str, str, str]]]:
    """Rows of the page's tables by heading: step, module, name."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    heading = ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif row := ROW.match(line):
            found.setdefault(heading, []).append((row["step"], row["module"], row["name"]))
    return found


STEPS = [(walk, *step) for walk, steps in walks().items() for step in steps]


def test_the_page_has_both_walks_with_all_their_steps():
    lengths = {heading.partition(":")[0]: len(steps) for heading, steps in walks().items()}

    assert lengths["Walk 1"] >= 12
    assert lengths["Walk 2"] >= 8


@pytest.mark.parametrize(
    ("walk", "step", "module", "name"), STEPS, ids=[f"{m}.{n}" for _, _, m, n in STEPS]
)
def test_a_step_of_a_walk_is_in_the_code(walk, step, module, name):
    there = importlib.import_module(module)

    for part in name.split("."):
        there = getattr(there, part)

    assert callable(there), f"{walk}, step {step}: {module}.{name}"
    if not name.rpartition(".")[2].startswith("_"):
        assert inspect.getdoc(there), f"{module}.{name} says nothing about itself"
