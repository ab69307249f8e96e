"""What a plan may say, and how it is told what it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import BadPlan
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.plan import plan_from_data, read_plan
from seattle_p2p.wire.limits import MAX_PLAN_BYTES

ANN, BOB, EVE = (KeyPair(bytes([n]) * 32).public for n in (1, 2, 3))


def a_block(percent="100", owner=ANN.text, users="[]"):
    return f'[[vessel]]\npercent = {percent}\nowner = "{owner}"\nusers = {users}\n'


def refusal(text):
    with pytest.raises(BadPlan) as told:
        read_plan(text, name="plan.toml")
    return told.value.message


def test_plan_is_read_with_all_it_says():
    plan = read_plan(
        f'network = "lab"\nseeds = ["{BOB.text}@127.0.0.1:4711", "seed.example:1"]\n'
        f'note = "hello"\n'
        + a_block(30, users=f'["{BOB.text}", "{ANN.text}"]')
        + a_block(70, EVE.text)
    )

    assert (plan.network, plan.note) == ("lab", "hello")
    assert [seed.text for seed in plan.seeds] == [
        f"{BOB.text}@127.0.0.1:4711",
        "seed.example:1",
    ]
    assert [vessel.percent for vessel in plan.vessels] == [30, 70]
    assert plan.vessels[0].users == (BOB,), "an owner is a user anyway"
    assert plan.vessels[1].owner == EVE


def test_a_plan_names_the_layers_of_each_vessel():
    text = a_block() + 'layers = ["guard.r2py", "b"]\n[[layer]]\nname = "b"\ntext = "x"\n'

    plan = read_plan(text)

    assert plan.vessels[0].layers == ("guard.r2py", "b")
    assert plan.missing_layers == ["guard.r2py"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (a_block() + "layers = 3\n", 5, "a list of files"),
        (a_block() + 'layers = ["../x"]\n', 5, "a layer's name"),
        (a_block() + f"layers = {['a'] * 17}\n", 5, "limit 16"),
        (a_block() + "[[layer]]\nname = 'a'\n", 5, "text"),
        (a_block() + "[[layer]]\nname = 'a'\ntext = ''\n" * 2, 8, "twice"),
        (a_block(40) + a_block(50), 6, "total 90 percent, not 100 (40 + 50)"),
        (a_block(owner=ANN.text[:-1]), 3, "56 characters, not 55"),
        (a_block(owner="z" + ANN.text[1:]), 3, "checksum"),
        (a_block(owner=""), 3, "56 characters, not 0"),
        ("[[vessel]]\npercent = 100\n", 1, "no owner"),
        (f'[[vessel]]\nowner = "{ANN.text}"\n', 1, "no percent"),
        ("netwrok = 'x'\n" + a_block(), 1, "did you mean 'network'?"),
        (a_block() + "onwer = 1\n", 5, "did you mean 'owner'?"),
        ("zzz = 1\n" + a_block(), 1, "known: network, seeds, note, vessel"),
        (a_block("0"), 2, "from 1 to 100"),
        (a_block("101"), 2, "from 1 to 100"),
        (a_block("99.5"), 2, "whole number"),
        (a_block("true"), 2, "whole number"),
        (a_block(users='"k"'), 4, "users are a list"),
        (a_block(users=f'[\n "{BOB.text}",\n "{BOB.text}"]'), 6, "given twice"),
        (a_block(users='[\n "short"]'), 5, "user: a key is written"),
        (a_block(users="[7]"), 4, "written in quotes"),
        ("seeds = ['1.2.3.4']\n" + a_block(), 1, "no port"),
        ("seeds = 3\n" + a_block(), 1, "seeds are a list"),
        ("seeds = [" + "'h:1', " * 33 + "]\n" + a_block(), 1, "33 seeds, limit 32"),
        ("network = 'two words'\n" + a_block(), 1, "letters, digits"),
        ("network = '" + "n" * 65 + "'\n" + a_block(), 1, "limit 64"),
        ("note = 7\n" + a_block(), 1, "note is text"),
        ('note = "\\u001b[2J"\n' + a_block(), 1, "control characters"),
        ("note = '" + "n" * 501 + "'\n" + a_block(), 1, "limit 500"),
        ("vessel = [1]", 1, "a vessel is a table"),
    ],
)
def test_plan_is_refused_with_line_and_reason(text, line, reason):
    message = refusal(text)

    assert f"line {line}: " in message
    assert reason in message


def test_plan_with_seventeen_users_in_a_vessel_is_refused():
    keys = [KeyPair(bytes([n]) * 32).public.text for n in range(10, 27)]

    assert "line 4: 17 users in one vessel, limit 16" in refusal(a_block(users=str(keys)))


def test_every_problem_is_told_at_once():
    message = refusal("netwrok = 1\n" + a_block(owner="x") + "[[vessel]]\npercent = 0\n")

    assert "4 problems" in message
    assert [f"line {n}:" in message for n in (2, 4, 6, 7)] == [False, True, True, True]
    assert "line 1:" in message


@pytest.mark.parametrize("text", ["", "network = 'x'", "vessel = []"])
def test_plan_without_vessels_is_refused(text):
    assert "no vessel" in refusal(text)


def test_plan_that_is_no_toml_is_refused_with_the_place():
    assert "at line 2, column" in refusal("network = 'x'\nseeds = = []\n")


def test_plan_of_a_size_nobody_writes_is_refused():
    assert "larger than" in refusal("#" * (MAX_PLAN_BYTES + 1))


data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["network", "seeds", "note", "vessel", "percent", "owner", "users"])
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(data)
def test_data_of_any_shape_is_a_plan_or_refused_in_words(value):
    try:
        plan = plan_from_data(value, name="it")
    except BadPlan:
        return
    assert sum(vessel.percent for vessel in plan.vessels) == 100
