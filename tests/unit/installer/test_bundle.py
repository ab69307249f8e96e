"""One signed file for a plan."""

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import BadPlan, InstallError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.bundle import load_installer, make_installer, read_installer
from seattle_p2p.installer.plan import Plan, PlannedLayer, VesselShare
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.limits import MAX_PLAN_BYTES

PLANNER, OTHER, ANN, BOB = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3, 4))
PLAN = Plan(
    "lab",
    (PeerAddress("127.0.0.1", 4711, BOB.public),),
    (VesselShare(40, ANN.public, (BOB.public,)), VesselShare(60, BOB.public)),
    "for the course\nof Ännchen",
)


def changed(**fields):
    content = json.loads(make_installer(PLAN, PLANNER))
    content.update(fields)
    return json.dumps(content).encode()


def test_installer_says_what_was_planned_and_who_signed():
    installer = read_installer(make_installer(PLAN, PLANNER))

    assert installer.plan == PLAN
    assert installer.planner == PLANNER.public


LAYERED = replace(
    PLAN,
    vessels=(replace(PLAN.vessels[0], layers=("guard", "wrap")), PLAN.vessels[1]),
    layers=(PlannedLayer("guard", "a\n"), PlannedLayer("wrap", "b = 'é'\n")),
)


def test_layers_travel_with_the_plan_and_are_signed_with_it():
    data = make_installer(LAYERED, PLANNER)
    content = json.loads(data)

    assert read_installer(data).plan == LAYERED
    for layers in (
        [{"name": "guard", "text": "x\n"}, content["layer"][1]],
        content["layer"][::-1],
        [*content["layer"], {"name": "more", "text": ""}],
    ):
        with pytest.raises(InstallError, match="was changed"):
            read_installer(json.dumps(content | {"layer": layers}).encode())
    content["vessel"][0]["layers"] = ["wrap"]
    with pytest.raises(InstallError, match="was changed"):
        read_installer(json.dumps(content).encode())


def test_layers_without_a_text_or_too_long_make_no_installer():
    with pytest.raises(BadPlan, match="'wrap'"):
        make_installer(replace(LAYERED, layers=LAYERED.layers[:1]), PLANNER)
    long = tuple(PlannedLayer(f"l{n}", "#" * 99_000) for n in range(3))
    with pytest.raises(BadPlan, match="limit"):
        make_installer(replace(PLAN, layers=long), PLANNER)


def test_equal_plans_give_equal_bytes():
    assert make_installer(PLAN, PLANNER) == make_installer(PLAN, KeyPair(bytes([1]) * 32))


def test_installer_may_be_laid_out_anew_but_not_changed():
    assert read_installer(changed()).plan == PLAN

    for fields in (
        {"network": "other"},
        {"note": ""},
        {"seeds": []},
        {"planner": OTHER.public.text},
        {"signature": "00" * 64},
    ):
        with pytest.raises(InstallError, match="was changed"):
            read_installer(changed(**fields))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an installer"),
        (b"\xff\xfe", "not an installer"),
        (b"[" * 200_000, "not an installer"),
        (b"[]", "not an installer"),
        (b"{}", "not an installer"),
        (make_installer(PLAN, PLANNER)[:-20], "cut off"),
        (b" " * (MAX_PLAN_BYTES + 1), "larger"),
        (changed(seattle_installer=2), "format 2"),
        (changed(signature="zz"), "damaged"),
        (changed(signature=5), "damaged"),
        (changed(planner="zz"), "damaged"),
        (changed(extra=1), "no field 'extra'"),
        (changed(vessel=[]), "no vessel"),
        (b'{"seattle_installer": 1}', "damaged: no proper 'planner'"),
    ],
)
def test_damaged_installer_is_refused_with_the_next_step(data, reason):
    with pytest.raises(InstallError, match=reason) as told:
        read_installer(data)

    assert told.value.hint


@given(st.integers(0, len(make_installer(PLAN, PLANNER)) - 1), st.integers(1, 255))
def test_no_flipped_byte_passes_as_another_plan(position, flip):
    data = bytearray(make_installer(PLAN, PLANNER))
    data[position] ^= flip

    with contextlib.suppress(InstallError):
        assert read_installer(bytes(data)).plan == PLAN, "only the layout may differ"


def test_missing_installer_is_told_with_its_path(tmp_path):
    with pytest.raises(InstallError, match="No such file"):
        load_installer(tmp_path / "none.seattle")
    with pytest.raises(InstallError, match="Is a directory"):
        load_installer(tmp_path)


def test_loading_gives_the_exact_bytes_too(tmp_path):
    path = tmp_path / "x.seattle"
    path.write_bytes(changed())

    assert load_installer(path) == (read_installer(changed()), changed())


def test_a_file_that_shows_one_thing_and_says_another_is_refused():
    shown = make_installer(PLAN, PLANNER)
    first = shown.replace(b'"network": "lab"', b'"network": "home",\n "network": "lab"')
    inner = shown.replace(b'"percent": 40', b'"percent": 1, "percent": 40')

    for data in (first, inner):
        assert json.loads(data) == json.loads(shown), "most readers see no difference"
        with pytest.raises(InstallError, match="stands twice"):
            read_installer(data)
