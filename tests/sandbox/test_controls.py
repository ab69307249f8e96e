"""Positive controls: run bare, the hostile programs do get what they want.

Without this a corpus could be full of programs that are contained because they are broken.
"""

import pytest

from tests.sandbox.corpus import Program, load
from tests.sandbox.running import run_bare, why_not_bare

HOSTILE = load("language", "resource", "network", "file", "full_python")
CONTROLLED = [program for program in HOSTILE if program.control in ("bare", "root")]
SAMPLE = 8
"""One in so many is run in every test run, and all of full Python; the others with `--long`."""


def _cases() -> list[object]:
    cases = []
    for number, program in enumerate(CONTROLLED):
        quick = not program.waits and (program.kind == "full" or number % SAMPLE == 0)
        marks = [] if quick else [pytest.mark.long]
        if program.cpu:  # how much of a core it gets depends on who else wants it
            marks.append(pytest.mark.alone)
        cases.append(pytest.param(program, marks=marks, id=program.name))
    return cases


@pytest.mark.parametrize("program", _cases())
def test_program_leaves_its_proof_when_nothing_holds_it(program: Program):
    if reason := why_not_bare(program):
        pytest.skip(reason)

    outcome = run_bare(program)

    assert outcome.breaches, outcome


def test_most_programs_have_a_control():
    assert len(CONTROLLED) >= 200
