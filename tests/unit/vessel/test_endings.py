"""What a silent end means, and what a program may say of its own."""

import pytest

from seattle_p2p.vessel.endings import CAUSES_A_PROGRAM_MAY_NAME, one_line, why_silent

EXITED_WITH_3, KILLED_BY_11 = 3 << 8, 11


@pytest.mark.parametrize(
    ("died", "language", "cause", "word"),
    [
        (KILLED_BY_11, True, "crash", "SIGSEGV"),
        (KILLED_BY_11, False, "crash", "SIGSEGV"),
        (EXITED_WITH_3, True, "crash", "without a word"),
        (EXITED_WITH_3, False, "error", "exit code 3"),
        (0, False, "done", "exit code 0"),
        (0, True, "crash", "without a word"),
        (None, True, "crash", "without a word"),
    ],
)
def test_a_silent_end_is_explained_by_its_wait_status(died, language, cause, word):
    named, text = why_silent(died, language=language)

    assert named == cause
    assert word in text


def test_a_program_cannot_say_that_somebody_stopped_it():
    assert not {"stopped", "lost", "disk", "weak"} & CAUSES_A_PROGRAM_MAY_NAME.keys()


def test_words_for_a_terminal_hold_no_commands():
    assert one_line("a\x1b[2Jb\nc\u202ed") == "a [2Jb c d"
