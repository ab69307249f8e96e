"""Scenario files: what is accepted, and how a mistake is told."""

from pathlib import Path

import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.scenario import read_scenario, require_memory
from seattle_p2p.sim.toml_errors import line_numbers

GOOD = """\
version = 1

[meta]
name = "tiny"
duration_s = 60

[[nodes]]
name = "seeds"
count = 1
role = "bootstrap"

[[nodes]]
name = "donors"
count = 10
join_span_s = 5
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    return path


def refused(tmp_path: Path, text: str) -> BadPlan:
    with pytest.raises(BadPlan) as caught:
        read_scenario(written(tmp_path, text))
    return caught.value


def test_a_file_and_its_folder_are_both_accepted(tmp_path):
    path = written(tmp_path, GOOD)

    assert read_scenario(path) == read_scenario(tmp_path)
    assert read_scenario(path).hosts == 11


def test_bounds_beside_a_scenario_are_added_when_the_folder_is_named(tmp_path):
    path = written(tmp_path, GOOD)
    (tmp_path / "expected.toml").write_text(
        'version = 1\n[[expect]]\nmeasure = "discovery.recall"\nat_least = 1\n'
    )

    assert read_scenario(path).expect == ()
    assert [bound.measure for bound in read_scenario(tmp_path).expect] == ["discovery.recall"]


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("_span_s", "_spam_s", "line 15: there is no field 'join_spam_s'", "'join_span_s'"),
        ("[meta]", "[mata]", "line 3: there is no field 'mata'", "'meta'"),
        ('"bootstrap"', '"boostrap"', "line 10: there is no role 'boostrap'", "'bootstrap'"),
        ("count = 10", "count = 0", "line 14: 'count' is a whole number >= 1", ""),
        ("count = 10", 'count = "ten"', "line 14: 'count' is a whole number, not a text", ""),
        ("duration_s = 60", "duration_s = -1", "line 5: 'duration_s' is a number > 0", ""),
        ("duration_s = 60\n", "", "line 3: 'duration_s' is missing", ""),
        ("version = 1", "", "line 1: 'version' is missing", ""),
        ("version = 1", "version = 9", "line 1: the file is of version 9, this seattle", ""),
        ("span_s = 5", "span_s = 500", "line 12: group 'donors' joins after the end", ""),
        ('name = "donors"', 'name = "seeds"', "line 13: two groups are called 'seeds'", ""),
        ("version = 1", "version = = 1", "is not TOML: Invalid value (at line 1", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_nearest_name(
    tmp_path, old, new, message, hint
):
    error = refused(tmp_path, GOOD.replace(old, new))

    assert message in error.message
    assert hint in error.hint


BOUND = '[[expect]]\nmeasure = "join.count"\n'
CRASH = '[[faults]]\nkind = "crash"\n'


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (CRASH + 'at_s = 1\ngroup = "doners"', "line 20: there is no group of nodes doners"),
        (CRASH + "at_s = 61", "line 19: the fault comes after the end, at 60 s"),
        (CRASH + "at_s = 6\nshare = 1.5", "line 20: share is a number <= 1"),
        ('[network]\nlatency = "matrix"', "line 18: latency matrix needs a latency_file"),
        ("[overlay]\nk = 0", "line 18: k is at least 1"),
        ("[overlay]\nalfa = 3", "line 18: there is no field alfa"),
        ("[workload]\nlast_look_s = 60", "line 18: the last look is before the start"),
        ('[network]\nlatency_file = "rtt.csv"', "line 18: there is no file"),
        (
            '[sweep]\naxes = { "network.los" = [1] }',
            "line 18: sweep: there is no field network.los",
        ),
        (
            '[sweep]\naxes = { "nodes.doners.count" = [1] }',
            "line 18: sweep: there is no doners",
        ),
        ('[sweep]\naxes = { "network.loss" = [] }', "line 18: network.loss has no values"),
        ("[overlay]\nk = 100000", "line 18: k is at least 1 and at most 255"),
        ("[overlay]\nsoft_floor_s = nan", "line 18: soft_floor_s is at least 0 and at most"),
        (BOUND + "at_least = 1\nat_most = 0", "no number is at least 1 and at most 0"),
        (BOUND + "at_least = nan", "no number is at least nan and at most inf"),
        (
            '[[attacks]]\nkind = "withhold"\nat_s = 1\nowner = 99',
            "line 20: there is no owner 99",
        ),
        ('[[expect]]\nmeasure = "join.count"', "line 17: a bound needs at_least or at_most"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_line(tmp_path, more, message):
    error = refused(tmp_path, GOOD + "\n" + more)

    assert message in error.message.replace("'", "").replace("`", "")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadPlan, match="cannot read"):
        read_scenario(tmp_path)


def test_more_memory_than_there_is_is_refused_with_the_number_that_fits(tmp_path):
    scenario = read_scenario(written(tmp_path, GOOD.replace("count = 10", "count = 1000000")))

    with pytest.raises(BadPlan, match="1,000,001 nodes need") as caught:
        require_memory(scenario, 2**30)
    assert "nodes or fewer" in caught.value.hint


def test_lines_are_known_for_tables_arrays_and_keys():
    lines = line_numbers("a = 1\n[b.c]\n'd' = 2\n[[e]]\nf = 1\n[[e]]\nf = 2 # g = 3\n")

    assert lines == {
        "$.a": 1,
        "$.b": 2,
        "$.b.c": 2,
        "$.b.c.d": 3,
        "$.e": 4,
        "$.e[0]": 4,
        "$.e[0].f": 5,
        "$.e[1]": 6,
        "$.e[1].f": 7,
    }
