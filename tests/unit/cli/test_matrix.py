import click
import pytest

from seattle_p2p.cli.matrix import complete, matrix_lines, measured, read_row

NAMES = ["a:v1", "b:v1", "c:v1"]
ROWS = {
    "a:v1": {"b:v1": 0.5, "c:v1": 12.0},
    "b:v1": {"a:v1": 0.25, "c:v1": 250.0},
    "c:v1": {"a:v1": 1.0, "b:v1": None},
}


def test_a_row_is_read_as_the_program_writes_it():
    assert read_row("a:v1 0.512\nb:v1 -\n\nnonsense\n") == {
        "a:v1": 0.512,
        "b:v1": None,
        "nonsense": None,
    }


def test_the_table_has_one_row_and_one_column_a_vessel():
    lines = matrix_lines(ROWS, NAMES, width=200, colour=False)

    assert [line.split() for line in lines] == [
        ["1", "2", "3"],
        ["1", "·", "0.50", "12.00"],
        ["2", "0.25", "·", "250"],
        ["3", "1.00", "-", "·"],
    ]


def test_twenty_vessels_fit_a_narrow_terminal_without_decimals_of_no_use():
    names = [f"{index}:v1" for index in range(20)]
    rows = {a: {b: 0.31 for b in names if b != a} for a in names}

    lines = matrix_lines(rows, names, width=84, colour=False)

    assert max(map(len, lines)) <= 84


def test_colour_changes_nothing_but_colour():
    plain = matrix_lines(ROWS, NAMES, width=200, colour=False)
    painted = matrix_lines(ROWS, NAMES, width=200, colour=True)

    assert [click.unstyle(line) for line in painted] == plain
    assert painted != plain


@pytest.mark.parametrize(("missing", "whole"), [(None, False), (3.0, True)])
def test_a_matrix_is_complete_when_every_pair_was_measured(missing, whole):
    rows = ROWS | {"c:v1": {"a:v1": 1.0, "b:v1": missing}}

    assert complete(rows, NAMES) is whole
    assert measured(rows)[0] == 0.25
