"""The page that compares with the original is complete, and the tests it names are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/know/from-seattle.md").read_text()
IDS = {
    "NM": range(1, 24),
    "SG": range(1, 15),
    "CX": range(1, 10),
    "AD": range(1, 9),
    "ST": range(1, 15),
    "VS": (*range(1, 7), *range(10, 18), *range(20, 26)),
    "RP": (*range(1, 8), *range(10, 38), *range(40, 45), *range(50, 56)),
    "SL": range(1, 9),
    "SH": (*range(1, 11), *range(20, 56), *range(60, 68)),
}
FAULTS = 15


def rows():
    """The cells of every row that begins with an id."""
    lines = (line for line in PAGE.splitlines() if re.match(r"\| [A-Z]{2}-\d\d \|", line))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_behaviour_has_its_row_and_its_verdict():
    wanted = [f"{area}-{number:02}" for area, numbers in IDS.items() for number in numbers]

    assert [row[0] for row in rows()] == wanted
    assert {row[2] for row in rows()} == {"kept", "changed", "dropped"}
    assert all(len(row) == 5 for row in rows())


def test_what_was_changed_or_dropped_has_a_reason():
    assert [row[0] for row in rows() if row[2] != "kept" and not row[3]] == []


def test_every_row_names_a_test_that_shows_it():
    assert [row[0] for row in rows() if "`test_" not in row[4]] == []


def test_every_test_that_the_page_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    there = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text())
    }

    assert sorted(named - there) == []


def test_everything_about_programs_is_shown_by_a_test():
    assert [row[0] for row in rows() if row[0][:2] in ("RP", "SL") and "`" not in row[4]] == []


def test_every_fault_of_the_original_is_answered():
    faults = PAGE.partition("| fault |")[2].splitlines()[2:]

    assert len([line for line in faults if line.startswith("|")]) == FAULTS
