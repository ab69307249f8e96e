import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.targets import Vessel, choose
from seattle_p2p.identity.keys import KeyPair


def vessels(nodes: int = 4, each: int = 2) -> list[Vessel]:
    keys = [KeyPair(bytes([index]) * 32).public for index in range(1, nodes + 1)]
    places = [(key, f"v{number}") for key in keys for number in range(1, each + 1)]
    return [
        Vessel(number, key, vessel_id, ("127.0.0.1:1",))
        for number, (key, vessel_id) in enumerate(places, start=1)
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["1"], [1]),
        (["%2"], [2]),
        (["2-4"], [2, 3, 4]),
        (["%2-%4"], [2, 3, 4]),
        (["3,1"], [3, 1]),
        (["1", "1-2"], [1, 2]),
        (["all"], [1, 2, 3, 4, 5, 6, 7, 8]),
        (["%all"], [1, 2, 3, 4, 5, 6, 7, 8]),
        (["7-99"], [7, 8]),
    ],
)
def test_words_name_vessels_by_number(words, numbers):
    assert [vessel.number for vessel in choose(words, vessels())] == numbers


def test_a_name_a_whole_key_and_a_unique_prefix_name_one_vessel():
    known = vessels()
    wanted = known[3]
    node = wanted.node.text

    for word in (wanted.name, wanted.name.upper(), f"{node}:v2", f"{node[:6]}:v2"):
        assert choose([word], known) == [wanted]


def test_a_prefix_of_a_node_with_one_vessel_is_enough():
    known = vessels(each=1)

    assert choose([known[2].node.text[:5]], known) == [known[2]]


def test_a_prefix_that_fits_two_vessels_is_refused_naming_both():
    known = vessels()

    with pytest.raises(UsageError, match=f"{known[0].name}, {known[1].name}"):
        choose([known[0].node.short], known)


@pytest.mark.parametrize("word", ["0", "9", "nosuch", "v1", "1-", "-1", "%", "ping.r2py"])
def test_a_word_that_fits_nothing_is_refused(word):
    with pytest.raises(UsageError):
        choose([word], vessels())


def test_without_words_or_vessels_the_next_step_is_told():
    with pytest.raises(UsageError) as no_words:
        choose([], vessels())
    with pytest.raises(UsageError) as no_vessels:
        choose(["all"], [])

    assert "all" in no_words.value.hint
    assert "browse" in no_vessels.value.hint


@given(st.lists(st.sampled_from(vessels()), min_size=1))
def test_names_lead_back_to_their_vessels_each_once(chosen):
    found = choose([",".join(vessel.name for vessel in chosen)], vessels())

    assert found == list(dict.fromkeys(chosen))
