"""Where the values of a TOML text stand."""

import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.installer.lines import find_lines, nearest_line

TEXT = '''# a comment with [[vessel]] in it
network = "sea#ttle"   # text = "x"

seeds = [
    "a",  # one ] here
    "b",
]
many = """
[[vessel]]
x = 1
"""
[[vessel]]
percent = 40
users = ["k", "l"]
[[vessel]]
percent = 60
"odd.key".deep = 'lit # eral'
[vessel.more]
yes = true
'''


def test_lines_are_those_a_person_counts():
    lines = find_lines(TEXT)

    assert lines["network",] == 2
    assert lines["seeds",] == 4
    assert lines["seeds", 1] == 6
    assert lines["vessel", 0] == 12
    assert lines["vessel", 0, "percent"] == 13
    assert lines["vessel", 0, "users", 1] == 14
    assert lines["vessel", 1, "percent"] == 16
    assert lines["vessel", 1, "odd.key", "deep"] == 17
    assert lines["vessel", 1, "more", "yes"] == 19


def test_inline_tables_and_windows_line_ends_are_followed():
    lines = find_lines("a = 1\r\nvessel = [{percent = 1, users = []},\r\n {percent = 2}]\r\n")

    assert lines["vessel", 0, "users"] == 2
    assert lines["vessel", 1, "percent"] == 3


def test_a_missing_value_is_placed_where_its_table_begins():
    lines = find_lines(TEXT)

    assert nearest_line(lines, ("vessel", 1, "owner")) == 15
    assert nearest_line(lines, ("nothing",)) == 0


def paths_of(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index)
            yield from paths_of(inner, (*path, index))


names = st.text(min_size=1, max_size=8)
leaves = st.one_of(st.integers(-9, 9), st.booleans(), st.text(max_size=12))
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
)


@given(st.dictionaries(names, values, max_size=5), st.booleans())
def test_every_value_of_any_written_file_has_a_line(data, multiline):
    text = tomli_w.dumps(data, multiline_strings=multiline)
    read = tomllib.loads(text)

    lines = find_lines(text)

    assert set(paths_of(read)) <= set(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@pytest.mark.parametrize("text", ["", "\n\n", "# only words", "a=1", "a.b.c = 2 # x"])
def test_short_files_are_scanned_to_their_end(text):
    assert set(paths_of(tomllib.loads(text))) <= set(find_lines(text))
