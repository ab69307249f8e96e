"""Every program of the corpus comes to the end that its header names, and touches nothing."""

import collections
import functools

import pytest

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel.language import compile_program
from tests.sandbox.batch import Batch
from tests.sandbox.corpus import Program, load
from tests.sandbox.running import NOBODY, can_run_as, run_bare, run_in_vessel, why_not_bare

CORPUS = load("language", "resource", "network", "file", "ordinary")
STATIC = [program for program in CORPUS if program.expect == ("refused",)]
IN_A_VESSEL = [p for p in CORPUS if p.expect != ("refused",)] + STATIC[::10]
"""Refusals are decided before anything runs; one in ten goes the whole way all the same."""

LANGUAGE_ALONE = [
    program
    for program in CORPUS
    if program.kind == "language"
    and not program.control.startswith("none")
    and program not in STATIC
]
"""Programs that need no more than the language to show what they got."""


def _id(program: Program) -> str:
    return program.name


def _cases() -> list[object]:
    """Everything as whoever we are; everything again as a plain user with `--long`.

    What the language holds by itself goes into a vessel only now and then, without `--long`.
    """
    slow, quick = [pytest.mark.alone, pytest.mark.long], [pytest.mark.alone]
    seldom = {program.name for program in LANGUAGE_ALONE} - {
        program.name for program in LANGUAGE_ALONE[::5]
    }
    ours = [
        pytest.param(None, p, marks=slow if p.name in seldom else quick, id=p.name)
        for p in IN_A_VESSEL
    ]
    theirs = [pytest.param(NOBODY, p, marks=slow, id=f"nobody-{p.name}") for p in IN_A_VESSEL]
    return ours + theirs


@pytest.fixture(scope="module")
def runs(request):
    wanted = [
        (item.callspec.params["user"], item.callspec.params["program"])
        for item in request.session.items
        if item.path == request.path and "runs" in item.fixturenames
    ]
    made = Batch(
        [
            ((user, p.name), p.waits, functools.partial(run_in_vessel, p, user=user))
            for user, p in wanted
            if user is None or can_run_as(user)
        ]
    )
    yield made
    made.close()


@pytest.mark.parametrize("program", STATIC, ids=_id)
def test_language_refuses_at_the_line(program):
    with pytest.raises(ProgramRefused) as refusal:
        compile_program(program.program_text(), "program")

    assert program.line in (0, refusal.value.line)


@pytest.mark.parametrize("program", LANGUAGE_ALONE, ids=_id)
def test_language_holds_with_no_other_wall(program):
    if reason := why_not_bare(program):
        pytest.skip(reason)

    outcome = run_bare(program, mode="--language")

    assert not [breach for breach in outcome.breaches if "traceback" not in breach], outcome


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("user", "program"), _cases())
def test_vessel_contains_and_says_why_it_ended(runs, user, program):
    if user is not None and not can_run_as(user):
        pytest.skip("only root can turn into nobody, who must be able to read an interpreter")

    outcome = runs.outcome((user, program.name))

    assert not outcome.breaches, outcome
    assert outcome.matches(program.expect), outcome
    if outcome.verdict == "refused" and program.line:
        assert outcome.line == program.line, outcome
    if program.prints:
        printed = [line.rstrip() for line in outcome.log.splitlines()]
        assert printed == list(program.prints), outcome


def test_corpus_is_as_large_as_promised():
    counts = collections.Counter(program.kind for program in CORPUS)
    hostile = sum(count for kind, count in counts.items() if kind != "ordinary")

    assert hostile >= 150
    assert counts["ordinary"] >= 40
