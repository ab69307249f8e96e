"""Plain Python inside every layer but the language's: as after a complete escape from it."""

import functools
import platform

import pytest

from tests.sandbox.batch import Batch
from tests.sandbox.corpus import Program, load
from tests.sandbox.running import NOBODY, can_run_as, run_full_python

FULL = [program for program in load("full_python") if program.runs_here]
ALL_BUT_SECCOMP = ("namespaces", "landlock", "rlimits", "cgroups")

WAYS: dict[str, dict[str, object]] = {
    "all-layers": {},
    "no-namespaces": {"without": ("namespaces",)},
    "no-landlock": {"without": ("landlock",)},
    "no-rlimits": {"without": ("rlimits",)},
    "no-cgroups": {"without": ("cgroups",)},
    "seccomp-alone": {"without": ALL_BUT_SECCOMP},
    "nobody": {"user": NOBODY},
    "nobody-no-namespaces": {"user": NOBODY, "without": ("namespaces",)},
    "nobody-no-landlock": {"user": NOBODY, "without": ("landlock",)},
    "nobody-seccomp-alone": {"user": NOBODY, "without": ALL_BUT_SECCOMP},
}
"""Which layers are left out, and as whom: nobody is a plain user that root turns into."""

SAMPLE = {"raw_open", "raw_clone", "memory_shared"}
"""Tried in every way in each test run; the others with `--long`."""


def _cases() -> list[object]:
    cases = []
    for way in WAYS:
        for program in FULL:
            everyday = way == "all-layers" or program.path.stem in SAMPLE
            marks = [pytest.mark.alone] if everyday else [pytest.mark.alone, pytest.mark.long]
            name = f"{way}-{program.path.stem}"
            cases.append(pytest.param(way, program, marks=marks, id=name))
    return cases


def _why_not(way: str) -> str:
    """Why a way cannot be gone here; empty when it can."""
    if "user" in WAYS[way] and not can_run_as(NOBODY):
        return "only root can turn into nobody, who must be able to read an interpreter"
    return ""


@pytest.fixture(scope="module")
def runs(request):
    wanted = [
        (item.callspec.params["way"], item.callspec.params["program"])
        for item in request.session.items
        if item.path == request.path and "runs" in item.fixturenames
    ]
    made = Batch(
        [
            ((way, p.name), p.waits, functools.partial(run_full_python, p, **WAYS[way]))
            for way, p in wanted
            if not _why_not(way)
        ]
    )
    yield made
    made.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("way", "program"), _cases())
def test_jail_contains_plain_python(runs, way: str, program: Program):
    if reason := _why_not(way):
        pytest.skip(reason)

    outcome = runs.outcome((way, program.name))

    assert not outcome.breaches, outcome
    assert outcome.matches(program.expect), outcome


@pytest.mark.skipif(platform.machine() != "x86_64", reason="many are written for x86-64")
def test_there_are_enough_programs():
    assert len(FULL) >= 25
