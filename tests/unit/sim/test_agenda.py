"""The agenda: order, lanes, and a clock that never goes back."""

import random

import pytest

from seattle_p2p.sim.agenda import Agenda


def drain(agenda):
    seen = []
    while agenda.next_ns is not None:
        entry = agenda.pop()
        seen.append((entry[0], entry[3]))
    return seen


def test_entries_of_one_instant_happen_in_the_order_of_entry():
    agenda = Agenda()
    for name in "abc":
        agenda.at(5, print, name)

    assert drain(agenda) == [(5, "a"), (5, "b"), (5, "c")]


def test_lanes_and_heap_together_give_the_order_of_time_and_entry():
    rng = random.Random(3)
    agenda = Agenda()
    expected = []
    seen = []
    for number in range(2000):
        if rng.random() < 0.3 and len(agenda):
            entry = agenda.pop()
            seen.append((entry[0], entry[3]))
        if rng.random() < 0.5:
            delay = rng.choice([10, 20, 50])
            agenda.after(delay, print, number)
        else:
            delay = rng.randrange(60)
            agenda.at(agenda.now_ns + delay, print, number)
        expected.append((agenda.now_ns + delay, number))

    seen += drain(agenda)

    assert seen == sorted(expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_holds_for_what_is_due_soon_and_much_later(seed):
    rng = random.Random(seed)
    agenda = Agenda()
    seen, expected = [], []

    def happen(number, left, _):
        seen.append((agenda.now_ns, number))
        for _ in range(left and 2):
            enter(left - 1)

    def enter(left):
        lane = rng.random() < 0.5
        delay = rng.choice(
            [1, 10**6, 66 * 10**6, 3 * 10**9] if lane else [rng.randrange(10**10)]
        )
        number = len(expected)
        expected.append((agenda.now_ns + delay, number))
        (agenda.after if lane else at_delay)(delay, happen, number, left)

    def at_delay(delay, *entry):
        agenda.at(agenda.now_ns + delay, *entry)

    for _ in range(20):
        enter(4)
    for until in range(0, 60 * 10**9, 7 * 10**8):
        agenda.run(until)
        assert all(time <= until for time, _ in seen)
        assert agenda.next_ns is None or agenda.next_ns > until

    assert len(agenda) == 0
    assert seen == sorted(expected)


def test_length_counts_what_waits_in_lanes():
    agenda = Agenda()
    for _ in range(3):
        agenda.after(10, print)
    agenda.at(4, print)

    assert len(agenda) == 4


def test_the_past_cannot_be_entered():
    agenda = Agenda()
    agenda.at(5, print)
    agenda.pop()

    with pytest.raises(ValueError, match="already"):
        agenda.at(4, print)
