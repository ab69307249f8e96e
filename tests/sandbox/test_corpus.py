"""Every program of the corpus comes to the end that its header names, and touches nothing."""

import collections
import functools

import pytest

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel.language import compile_program
from tests.sandbox.batch import Batch
from tests.sandbox.corpus import Program, load
from tests.sandbox.running import run_bare, run_in_vessel

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


@pytest.fixture(scope="module")
def runs(request):
    wanted = [
        item.callspec.params["program"]
        for item in request.session.items
        if item.path == request.path and "runs" in item.fixturenames
    ]
    made = Batch([(p.name, p.waits, functools.partial(run_in_vessel, p)) for p in wanted])
    yield made
    made.close()


@pytest.mark.parametrize("program", STATIC, ids=_id)
def test_language_refuses_at_the_line(program):
    with pytest.raises(ProgramRefused) as refusal:
        compile_program(program.program_text(), "program")

    assert program.line in (0, refusal.value.line)


@pytest.mark.parametrize("program", LANGUAGE_ALONE, ids=_id)
def test_language_holds_with_no_other_wall(program):
    outcome = run_bare(program, mode="--language")

    assert not [breach for breach in outcome.breaches if "traceback" not in breach], outcome


@pytest.mark.alone
@pytest.mark.timeout(180)
@pytest.mark.parametrize("program", IN_A_VESSEL, ids=_id)
def test_vessel_contains_and_says_why_it_ended(runs, program):
    outcome = runs.outcome(program.name)

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
