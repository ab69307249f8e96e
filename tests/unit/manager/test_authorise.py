"""The table of rights: every action for everybody."""

import itertools
import typing
from dataclasses import dataclass

import pytest

from seattle_p2p.errors import NotPermitted
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.authorise import RIGHTS, Role, authorise, role_of
from seattle_p2p.wire.actions import (
    Action,
    Batch,
    ChangeUsers,
    ListVessels,
    Start,
    Status,
)


@dataclass(frozen=True)
class Vessel:
    owner: PublicKey
    users: tuple[PublicKey, ...]


OWNER, USER, STRANGER = (KeyPair(bytes([n]) * 32).public for n in (1, 2, 3))
VESSEL = Vessel(OWNER, (USER,))


def test_every_action_of_the_protocol_is_in_the_table() -> None:
    assert set(RIGHTS) == set(typing.get_args(Action)) - {Batch}  # a batch adds no right


@pytest.mark.parametrize(
    ("person", "role"), [(OWNER, Role.OWNER), (USER, Role.USER), (STRANGER, Role.NOBODY)]
)
def test_everybody_has_one_role(person: PublicKey, role: Role) -> None:
    assert role_of(person, VESSEL) is role


@pytest.mark.parametrize(
    ("person", "action", "permitted"),
    [
        (OWNER, Start("v1", "a"), True),
        (USER, Start("v1", "a"), True),
        (STRANGER, Start("v1", "a"), False),
        (OWNER, ChangeUsers("v1", ()), True),
        (USER, ChangeUsers("v1", ()), False),
        (STRANGER, ChangeUsers("v1", ()), False),
        (STRANGER, ListVessels(), True),
    ],
)
def test_exactly_the_permitted_is_permitted(
    person: PublicKey, action: Action, permitted: bool
) -> None:
    try:
        authorise(person, action, VESSEL)
    except NotPermitted:
        assert not permitted
    else:
        assert permitted


def test_a_stranger_cannot_tell_a_vessel_from_none() -> None:
    answers = set()
    for vessel in (VESSEL, None):
        with pytest.raises(NotPermitted) as caught:
            authorise(STRANGER, Status("v1"), vessel)
        answers.add((caught.value.message, caught.value.hint, caught.value.code))

    assert len(answers) == 1


def test_an_action_nobody_thought_of_is_permitted_to_nobody() -> None:
    class Unknown:
        vessel = "v1"

    for person, vessel in itertools.product((OWNER, USER), (VESSEL, None)):
        with pytest.raises(NotPermitted):
            authorise(person, Unknown(), vessel)
