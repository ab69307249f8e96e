"""How much address space a vessel's process gets."""

import pytest

from seattle_p2p.vessel.jail.limits import THREAD_STACK, beyond_grant


@pytest.mark.parametrize("threads", range(1, 51))
def test_a_program_is_stopped_within_twenty_megabytes_above_its_grant(threads):
    assert 0 < beyond_grant(threads) <= 20_000_000


@pytest.mark.parametrize("threads", [1, 10, 50, 100, 1000])
def test_there_is_room_for_every_threads_stack_and_for_the_interpreter(threads):
    assert beyond_grant(threads) >= threads * THREAD_STACK + 6_000_000
