"""The resource file: what Repy accepts is accepted, what is wrong is named with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import BadPlan
from seattle_p2p.vessel.resources import COUNTED, RENEWABLE, REQUIRED, Resources
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions

NEEDED = "resource cpu .10\nresource memory 15000000\nresource diskused 100000000\n"


@given(
    quantities=st.dictionaries(
        st.sampled_from([*RENEWABLE, *COUNTED]), st.integers(0, 10**15), min_size=3
    ),
    messport=st.frozensets(st.integers(1, 65535)),
)
def test_what_is_written_is_read_back_the_same(quantities, messport):
    resources = Resources(quantities, messport)

    assert parse_restrictions(format_restrictions(resources)) == resources


def test_comments_blank_lines_calls_and_crlf_are_accepted():
    text = (
        "# a comment\r\n\r\n"
        + NEEDED.replace("\n", " # why\r\n")
        + "call gethostbyname_ex allow\r\n"
    )

    assert parse_restrictions(text) == parse_restrictions(NEEDED)


def test_ports_may_stand_on_several_lines():
    text = (
        NEEDED + "resource messport 63100\nresource messport 63101\nresource connport 63100\n"
    )

    resources = parse_restrictions(text)

    assert resources.messport == {63100, 63101}
    assert resources.connport == {63100}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("resource gold 5", "no resource 'gold'"),
        ("resource cpu 0.2", "stands on line 1"),
        ("resource events ten", "not a number"),
        ("resource events 1.5", "not a whole number"),
        ("resource events -1", "from 0"),
        ("resource netsend inf", "from 0"),
        ("resource netsend nan", "from 0"),
        ("resource messport 70000", "65535"),
        ("resource messport 0x50", "not a port"),
        ("resource events", "is not `resource NAME AMOUNT`"),
        ("junk", "'junk' is not"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(line, words):
    with pytest.raises(BadPlan, match="line 4") as refusal:
        parse_restrictions(NEEDED + line + "\n")

    assert words in refusal.value.message


@pytest.mark.parametrize("name", REQUIRED)
def test_what_every_vessel_needs_is_missed_by_name(name):
    text = "".join(line + "\n" for line in NEEDED.splitlines() if name not in line)

    with pytest.raises(BadPlan, match=f"{name} is missing"):
        parse_restrictions(text)


def test_a_file_too_long_is_refused():
    with pytest.raises(BadPlan, match="limit"):
        parse_restrictions("#" * 100_000)
