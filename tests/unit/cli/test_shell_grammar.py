import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.cli.shell.built_in import built_in_words
from seattle_p2p.cli.shell.grammar import usage_of
from seattle_p2p.errors import UsageError

ADD = "[TARGET] [to GROUP]"
RUN = "[--detach] PROGRAM [ARGUMENT]..."


@pytest.mark.parametrize(
    ("usage", "words", "slots", "literals"),
    [
        ("", [], (), set()),
        (ADD, [], (), set()),
        (ADD, ["%1"], (("TARGET", "%1"),), set()),
        (ADD, ["to", "lab"], (("GROUP", "lab"),), {"to"}),
        (ADD, ["%1", "to", "lab"], (("TARGET", "%1"), ("GROUP", "lab")), {"to"}),
        (RUN, ["a.r2py"], (("PROGRAM", "a.r2py"),), set()),
        (RUN, ["--detach", "a"], (("PROGRAM", "a"),), {"--detach"}),
        (
            RUN,
            ["a", "--detach", "to"],
            (("PROGRAM", "a"), ("ARGUMENT", "--detach"), ("ARGUMENT", "to")),
            set(),
        ),
        ("on|off [FILE]", ["off"], (), {"off"}),
        (
            "VARIABLE VALUE...",
            ["x", "a", "b"],
            (("VARIABLE", "x"), ("VALUE", "a"), ("VALUE", "b")),
            set(),
        ),
    ],
)
def test_words_fall_into_the_slots_of_a_usage(usage, words, slots, literals):
    told = usage_of(usage).match(words)

    assert (told.slots, told.literals) == (slots, literals)


@pytest.mark.parametrize(
    ("usage", "words", "said"),
    [
        ("FILE [NAME]", [], "FILE is missing"),
        ("FILE [NAME]", ["a", "b", "c"], "'c' is one word too many"),
        ("on|off", ["of"], "did you mean 'off'"),
        ("on|off", ["maybe"], "on or off comes here"),
        ("TARGET to GROUP", ["%1", "to"], "GROUP is missing"),
        ("TARGET to GROUP", ["%1", "into", "x"], "'into' does not fit there"),
        ("VARIABLE VALUE...", ["x"], "VALUE is missing"),
        ("", ["x"], "one word too many"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_word_and_what_belongs_there(usage, words, said):
    with pytest.raises(UsageError, match=said):
        usage_of(usage).match(words)


def test_what_may_follow_is_read_from_the_same_usage():
    usage = usage_of(ADD)

    assert usage.following([]) == (["TARGET"], ["to"])
    assert usage.following(["%1"]) == (["GROUP"], ["to"]) or usage.following(["%1"]) == (
        [],
        ["to"],
    )
    assert usage.following(["%1", "to"]) == (["GROUP"], [])
    assert usage_of(RUN).following(["a"]) == (["ARGUMENT"], [])


@pytest.mark.parametrize(
    "words", list(itertools.permutations(["-f", "--since 5m", "--count 3"]))
)
def test_options_come_in_any_order_and_before_what_follows_them(words):
    usage = usage_of("[-f|--follow] [--since TIME] [--count COUNT] [to PREFIX]")

    told = usage.match([*" ".join(words).split(), "to", "there"])

    assert told.has("-f")
    assert (told.one("TIME"), told.one("COUNT"), told.one("PREFIX")) == ("5m", "3", "there")
    with pytest.raises(UsageError):
        usage.match(["to", "there", "-f"])


def test_thousands_of_arguments_are_no_burden():
    words = ["a"] * 5000

    assert usage_of(RUN).match(words).all("ARGUMENT") == words[1:]


@given(
    st.lists(
        st.sampled_from(["to", "from", "on", "off", "%1", "x", "--detach", "-f"]), max_size=6
    )
)
def test_every_word_of_the_shell_takes_any_words_or_refuses_them_in_words(words):
    for word in built_in_words():
        with contextlib.suppress(UsageError):
            word.read(words)
