"""The world drives a core by its contract: delivery, timers, loss, crash, repeatable runs."""

import os
import subprocess
import sys

import pytest

from seattle_p2p.sim.faults import Doubled, Gray, Nth, hold, partition
from seattle_p2p.sim.geography import PLANETLAB
from seattle_p2p.sim.links import Bernoulli, Constant, Synthetic
from seattle_p2p.sim.streams import Streams
from seattle_p2p.sim.world import World
from tests.support.toy_core import ToyCore


def a_world(seed=7, count=10, *, drop=None, **options):
    world = World(seed, **options)
    names = [f"h{number}" for number in range(count)]
    for name in names:
        others = [other for other in names if other != name]
        world.add_host(name, lambda host, o=others: ToyCore(o, world.streams.stream("toys")))
    if drop is not None:
        world.add_rule(Nth(drop))
    for host in world.hosts:
        world.start(host)
    return world


def test_a_datagram_arrives_after_the_latency_of_the_link():
    world = World(1, latency=Constant(30))
    asker = world.add_host("a", lambda host: ToyCore(["b"], world.streams.stream("toys")))
    answerer = world.add_host("b", lambda host: ToyCore([], world.streams.stream("toys")))
    world.start(answerer)
    world.start(asker)

    world.run(until=0.07)

    assert answerer.core.heard == [(30_000_000, b"\x01\x01", "a")]
    assert asker.core.heard == [(60_000_000, b"\x02\x01", "b")]


def test_an_answer_that_is_lost_is_noticed_by_the_timer():
    world = World(1)
    asker = world.add_host("a", lambda host: ToyCore(["nobody"], world.streams.stream("toys")))
    world.start(asker)

    world.run(until=10)

    assert asker.core.silences > 20
    assert asker.core.answers == 0


def test_what_was_sent_is_delivered_lost_or_under_way():
    world = a_world(loss=None)
    world.loss = Bernoulli(0.1, world.streams)
    world.crash(world.hosts[3])

    world.run(until=60.01)

    traffic = world.traffic
    lost = traffic.lost_in_network + traffic.lost_to_faults + traffic.lost_to_nobody
    assert traffic.sent == traffic.delivered + lost + traffic.kept + world.under_way
    assert traffic.lost_in_network > 50
    assert traffic.lost_to_nobody > 50


def test_one_seed_gives_one_trace_and_another_seed_another():
    hashes = []
    for seed in (7, 7, 8):
        world = a_world(seed, latency=Synthetic(PLANETLAB, Streams(seed)))
        world.run(until=30)
        hashes.append(world.trace.hash)

    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("number", [0, 50, 300])
def test_one_datagram_less_changes_the_trace(number):
    whole, less = a_world(), a_world(drop=number)
    whole.run(until=60)
    less.run(until=60)

    assert less.traffic.lost_to_faults == 1
    assert whole.trace.hash != less.trace.hash


def test_the_trace_does_not_depend_on_the_hash_seed():
    code = (
        "from tests.unit.sim.test_world import a_world; world = a_world();"
        "world.run(until=20); print(world.trace.hash)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "77")
    }

    assert len(seen) == 1


def test_a_crashed_host_is_silent_and_a_restarted_one_begins_anew():
    world = a_world()
    world.run(until=10)
    host = world.hosts[0]
    before = host.core

    world.crash(host)
    sent = host.sent
    world.run(until=20)
    quiet = host.sent - sent
    world.start(host)
    world.run(until=30)

    assert quiet == 0
    assert host.core is not before
    assert host.core.answers > 10


def test_a_host_may_keep_its_state_through_a_crash():
    world = a_world()
    world.run(until=10)
    host = world.hosts[0]
    before = host.core
    world.crash(host, keep_state=True)
    world.run(until=20)
    world.start(host)
    world.run(until=21)

    assert host.core is before
    assert host.core.heard[-1][0] > 20_000_000_000


def test_a_partition_loses_what_crosses_while_it_lasts():
    world = a_world(count=2)
    partition(world, world.hosts[:1], world.hosts[1:], at=10, until=20)

    world.run(until=9.9)
    healthy = world.hosts[0].core.silences
    world.run(until=21)
    cut = world.hosts[0].core.silences
    answers = world.hosts[0].core.answers
    world.run(until=40)

    assert healthy == 0
    assert cut > 20
    assert world.hosts[0].core.answers > answers + 30


def test_a_one_way_partition_loses_one_direction_only():
    world = a_world(count=2)
    partition(world, world.hosts[:1], world.hosts[1:], at=0, until=50, one_way=True)

    world.run(until=40)

    assert world.hosts[1].received <= 1  # the first ping left before the cut
    assert world.hosts[0].received > 50


def test_held_datagrams_can_be_looked_at_and_released():
    world = a_world(count=2)
    rule = hold(world, world.hosts[1:])
    world.run(until=5)
    kept = len(rule.kept)
    before = world.hosts[1].received

    rule.release()
    world.run(until=5.03)

    assert before <= 1  # what was under way before the rule
    assert world.hosts[1].received >= kept > 5


def test_a_gray_host_loses_its_share_and_doubled_datagrams_come_twice():
    world = a_world(count=4)
    world.add_rule(Gray(world, world.hosts[:1], 0.5))
    world.add_rule(Doubled(world, 0.5))

    world.run(until=100)

    assert world.traffic.lost_to_faults > 100
    assert world.traffic.delivered > world.traffic.sent - world.traffic.lost_to_faults


def test_the_trace_remembers_the_last_deliveries_for_people():
    world = a_world(keep=5)
    world.run(until=10)

    last = world.trace.last

    assert len(last) == 5
    assert last[-1].number == world.traffic.delivered - 1
    assert "→" in str(last[-1])


def test_alarms_that_were_overtaken_do_not_pile_up():
    world = a_world()

    world.run(until=300)

    assert len(world.agenda) < 6 * len(world.hosts)
