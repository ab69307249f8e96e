import pytest

from seattle_p2p.cli.shell.targets import Groups, Known, Scope, require_group_name
from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair

NODES = [KeyPair(bytes([n]) * 32).public for n in range(1, 6)]


def a_vessel(node, number=0):
    return Vessel(number, NODES[node], "v1", ("127.0.0.1:1",))


@pytest.fixture
def known():
    made = Known()
    for node in range(4):
        made.take_in(a_vessel(node, node + 1), "alice")
    return made


def scope_of(known, groups=None, identity="alice"):
    return Scope(known, groups or Groups(), known.of(identity), identity)


def numbers(vessels):
    return [vessel.number for vessel in vessels]


def test_numbers_are_handed_out_once_and_kept_when_free(known):
    assert known.take_in(a_vessel(4, 2), "bob").number == 5
    assert known.take_in(a_vessel(4, 9), "alice").number == 5
    known.lose(a_vessel(0), "alice")

    assert numbers(known.everything) == [2, 3, 4, 5]
    assert known.take_in(a_vessel(0, 77), "alice").number == 1


def test_all_means_the_vessels_of_whoever_speaks(known):
    known.take_in(a_vessel(4, 5), "bob")
    known.take_in(a_vessel(0, 1), "bob")

    assert numbers(scope_of(known).resolve("all")) == [1, 2, 3, 4]
    assert numbers(scope_of(known, identity="bob").resolve("%all")) == [1, 5]
    with pytest.raises(UsageError, match="carol knows no vessels yet"):
        scope_of(known, identity="carol").resolve("all")


def test_targets_are_numbers_ranges_names_groups_and_lists_of_them(known):
    groups = Groups()
    groups.set("lab", known.at([a_vessel(3).place, a_vessel(1).place]))
    scope = scope_of(known, groups)

    assert numbers(scope.resolve("%2")) == [2]
    assert numbers(scope.resolve("1-2,%4")) == [1, 2, 4]
    assert numbers(scope.resolve("lab")) == [4, 2]
    assert numbers(scope.resolve("2,lab,all")) == [2, 4, 1, 3]
    assert numbers(scope.resolve(known.everything[2].name)) == [3]


@pytest.mark.parametrize(
    ("target", "said", "next_step"),
    [
        ("lob", "no target 'lob'", "'lab'"),
        ("9", "no vessel has number 9", "show groups"),
        (",", "which vessels", "target"),
    ],
)
def test_a_target_that_means_nothing_is_refused_with_what_there_is(
    known, target, said, next_step
):
    groups = Groups()
    groups.set("lab", [])
    with pytest.raises(UsageError, match=said) as refusal:
        scope_of(known, groups).resolve(target)
    assert next_step in refusal.value.hint


def test_groups_take_in_give_back_and_stay_when_empty(known):
    groups, vessels = Groups(), known.everything

    assert groups.add("lab", vessels[:3]) == 3
    assert groups.add("lab", vessels[:4]) == 1
    assert groups.remove("lab", vessels) == 4
    assert "lab" in groups
    assert scope_of(known, groups).resolve("lab") == []
    with pytest.raises(UsageError, match="no group 'lib'") as refusal:
        groups.remove("lib", vessels)
    assert "'lab'" in refusal.value.hint


@pytest.mark.parametrize(
    "name", ["all", "%all", "%1", "3", "1-2", "a:b", "a b", "", "a,b", "-a"]
)
def test_names_that_could_mean_something_else_are_no_groups(name):
    with pytest.raises(UsageError, match="not a name for a group"):
        require_group_name(name)
