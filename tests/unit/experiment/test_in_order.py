"""Lines of many nodes in order of time, while they come."""

import random

from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.experiment.in_order import (
    HELD_AT_MOST_S,
    HOLD_S,
    PATIENCE_S,
    InOrder,
    by_time,
)
from seattle_p2p.experiment.log_events import End, Gap, Line
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair


def a_vessel(node, number=1):
    return Vessel(number, KeyPair(bytes([node + 1]) * 32).public, f"v{number}", ())


def a_line(vessel, at, offset=0):
    return Line(vessel, offset, f"{at}", at)


def a_backlog(rng, node, vessels, lines):
    """A node's lines as it sends them: oldest first."""
    held = [
        a_line(a_vessel(node, rng.randrange(vessels) + 1), round(rng.uniform(0, 100), 3))
        for _ in range(lines)
    ]
    return sorted(held, key=lambda line: line.at)


def sent(backlogs, rng, now=1000.0):
    """What comes out when nodes send their lines at any speeds, and then have no more."""
    order = InOrder(set(range(len(backlogs))), now)
    left = [list(lines) for lines in backlogs]
    out = []
    while any(left):
        node = rng.choice([n for n, lines in enumerate(left) if lines])
        line = left[node].pop(0)
        order.put(line.vessel, line, now)
        order.heard(node, behind=bool(left[node]), oldest=line.at, now=now)
        out += order.take(now)
    return out + order.take(now)


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 4), st.integers(0, 30))
def test_what_nodes_had_comes_out_in_order_of_time(seed, nodes, vessels, lines):
    rng = random.Random(seed)
    backlogs = [a_backlog(rng, node, vessels, lines) for node in range(nodes)]

    out = sent(backlogs, rng)

    assert [line.at for line in out] == sorted(line.at for held in backlogs for line in held)


def test_little_is_held_back_however_much_there_is():
    rng = random.Random(7)
    backlogs = [a_backlog(rng, node, 10, 2000) for node in range(5)]
    order = InOrder(set(range(5)), 0.0)
    most = 0
    for turn in range(2000):
        for node in range(5):
            line = backlogs[node][turn]
            order.put(line.vessel, line, 0.0)
            order.heard(node, behind=True, oldest=line.at, now=0.0)
        order.take(0.0)
        most = max(most, len(order))

    assert most < 1000


def test_a_new_line_waits_briefly_for_older_ones_of_others():
    order = InOrder({"a", "b"}, 0.0)
    for node in "ab":
        order.heard(node, behind=False, oldest=None, now=10.0)
    late, early = a_line(a_vessel(1), 10.1), a_line(a_vessel(2), 10.0)
    order.put(late.vessel, late, 10.1)
    assert order.take(10.1) == []
    order.put(early.vessel, early, 10.1)

    assert order.wait_s(10.1) is not None
    assert order.take(10.1 + HOLD_S) == [early, late]
    assert order.wait_s(11.0) is None


def test_a_single_node_is_not_waited_for():
    order = InOrder({"a"}, 0.0)
    line = a_line(a_vessel(1), 5.0)
    order.put(line.vessel, line, 5.0)
    order.heard("a", behind=False, oldest=5.0, now=5.0)

    assert order.take(5.0) == [line]


def test_a_node_that_has_more_and_falls_silent_holds_up_the_others_only_briefly():
    order = InOrder({"a", "b"}, 0.0)
    order.heard("a", behind=True, oldest=1.0, now=0.0)
    order.heard("b", behind=False, oldest=None, now=0.0)
    line = a_line(a_vessel(2), 50.0)
    order.put(line.vessel, line, 0.0)

    assert order.slowest(51.0 - PATIENCE_S) is not None
    assert order.take(PATIENCE_S) == []
    assert order.take(60.0) == [line]


def test_a_node_that_is_gone_holds_up_nobody():
    order = InOrder({"a", "b"}, 0.0)
    order.heard("b", behind=False, oldest=None, now=0.0)
    line = a_line(a_vessel(2), 0.0)
    order.put(line.vessel, line, 0.0)
    assert order.take(1.0) == []

    order.gone("a")

    assert order.take(1.0) == [line]


def test_events_of_one_vessel_keep_their_order_though_its_clock_was_set_back():
    vessel = a_vessel(1)
    events = [
        a_line(vessel, 9.0, 0),
        Gap(vessel, 2, 5),
        a_line(vessel, 3.0, 7),
        Line(vessel, 9, "when?", None),
        End(vessel, 14, None),
    ]
    other = a_line(a_vessel(2), 5.0)

    assert by_time({vessel: events, other.vessel: [other]}) == [other, *events]


def test_a_node_that_never_comes_to_its_end_holds_up_nobody_for_long():
    order = InOrder({"honest", "endless"}, 100.0)
    order.heard("honest", behind=False, oldest=None, now=100.0)
    line = a_line(a_vessel(1), 99.0)
    order.put(line.vessel, line, 100.0)
    seen, now = [], 100.0
    while line not in seen and now < 200:
        now += 0.1
        old = a_line(a_vessel(2), now - 100, offset=int(now * 10))
        order.put(old.vessel, old, now)
        order.heard("endless", behind=True, oldest=old.at, now=now)
        seen += order.take(now)

    assert now - 100.0 <= HELD_AT_MOST_S + 0.2


def test_what_is_held_is_looked_at_again():
    order = InOrder({"a", "b"}, 0.0)
    line = a_line(a_vessel(1), 5.0)
    order.put(line.vessel, line, 5.0)

    assert 0 < order.wait_s(5.0) < HELD_AT_MOST_S
