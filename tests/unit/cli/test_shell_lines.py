import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.cli.shell.lines import quote, split, split_partial
from seattle_p2p.errors import UsageError


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("upload a b", ["upload", "a", "b"]),
        ("  list  ", ["list"]),
        ("", []),
        ("# all of it", []),
        ("list # the rest", ["list"]),
        ("run a#b", ["run", "a#b"]),
        ("upload \"my file\" 'other one'", ["upload", "my file", "other one"]),
        ("a'b c'd", ["ab cd"]),
        ("''", [""]),
        (r"a\ b \"c\" \#d \n", ["a b", '"c"', "#d", r"\n"]),
        ("run $program ${program}x", ["run", "a b", "a bx"]),
        (
            "echo '$program' \"$program\" $$5 $ {name}",
            ["echo", "$program", "a b", "$5", "$", "{name}"],
        ),
    ],
)
def test_a_line_is_cut_at_blanks_outside_quotes(line, words):
    assert split(line, {"program": "a b"}) == words


@pytest.mark.parametrize("line", ["echo 'open", 'echo "open', 'echo "a\\"'])
def test_a_quote_that_is_not_closed_is_refused_and_named(line):
    with pytest.raises(UsageError, match="at character 6 is not closed") as refusal:
        split(line, {})
    assert "close it" in refusal.value.hint


def test_a_variable_that_was_never_set_is_refused_and_the_nearest_is_named():
    with pytest.raises(UsageError, match=r"no variable \$progam") as refusal:
        split("run $progam", {"program": "x"})
    assert "$program" in refusal.value.hint


@pytest.mark.parametrize(
    ("line", "words", "begins", "mark"),
    [
        ("upl", ["upl"], 0, ""),
        ("upload ", ["upload", ""], 7, ""),
        ("upload 'my f", ["upload", "my f"], 7, "'"),
        ("", [""], 0, ""),
    ],
)
def test_a_line_still_being_typed_ends_in_the_word_at_the_cursor(line, words, begins, mark):
    cut = split_partial(line, {})

    assert (cut.words, cut.last_begins, cut.quote) == (words, begins, mark)


def test_a_comment_that_is_being_typed_is_known_as_one():
    assert split_partial("list # so", {}).in_comment


@given(st.lists(st.text(max_size=12), max_size=6))
def test_quoted_words_come_back_as_they_were(words):
    assert split(" ".join(quote(word) for word in words), {}) == words


@given(st.text(max_size=40))
def test_any_line_is_cut_or_refused_in_words(line):
    split_partial(line, {})
    with contextlib.suppress(UsageError):
        split(line, {})
