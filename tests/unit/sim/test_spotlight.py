"""One operation seen whole: what left, what came, what did not; the worst is kept."""

from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.faults import Fate
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.spotlight import Spotlight
from seattle_p2p.sim.world import World
from tests.support.toy_core import ToyCore


def a_world():
    world = World(1)
    for number in range(3):
        world.start(world.add_host(number, lambda host: ToyCore([], world.streams.stream("x"))))
    return world


def test_what_the_machine_sends_and_gets_is_noted_and_nothing_else():
    world = a_world()
    spotlight = Spotlight(world, 1)
    watched = spotlight.turn_to("a look", 0)

    world.send(b"out", world.hosts[0], 1)
    world.send(b"back", world.hosts[1], 0)
    world.send(b"elsewhere", world.hosts[1], 2)
    world.run(until=1)
    spotlight.turn_off(watched, 0)

    steps = [(step.source, step.destination, step.arrived_ns) for step in watched.steps]
    assert steps == [(0, 1, 25_000_000), (1, 0, 25_000_000)]
    assert spotlight.worst is watched


def test_what_is_lost_never_arrives():
    world = a_world()
    world.hosts[1].up = False
    spotlight = Spotlight(world, 1)
    watched = spotlight.turn_to("a look", 0)

    world.send(b"out", world.hosts[0], 1)
    world.run(until=1)
    spotlight.turn_off(watched, 0)

    assert [step.arrived_ns for step in watched.steps] == [None]


def test_one_is_watched_at_a_time_and_the_worst_is_kept():
    world = a_world()
    spotlight = Spotlight(world, 10)
    first = spotlight.turn_to("first", 0)

    assert spotlight.turn_to("second", 1) is None
    spotlight.turn_off(first, 2)
    assert spotlight.turn_to("too early", 1) is None
    world.run(until=1)
    better = spotlight.turn_to("better", 1)
    spotlight.turn_off(better, 1)

    assert spotlight.worst is first
    assert world._rules == []


def test_a_machine_that_died_looking_does_not_keep_the_light_for_ever():
    world = a_world()
    spotlight = Spotlight(world, 1)
    spotlight.turn_to("never ends", 0)
    world.run(until=200)

    assert spotlight.turn_to("later", 1) is not None
    assert len(world._rules) == 1
    assert spotlight.judge(world.hosts[0], world.hosts[2], b"x") is Fate.PASS


def test_a_run_is_the_same_watched_or_not():
    plan = shapes.Scenario(
        version=1,
        meta=shapes.About(name="tiny", duration_s=100, signer="simulated"),
        nodes=(
            shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
            shapes.NodeGroup(name="donors", count=8, join_at_s=1, join_span_s=4),
        ),
    )
    watched, unwatched = Run(plan, 1), Run(plan, 1)
    unwatched.stage.population.spotlight = Spotlight(unwatched.world, 0)

    one, other = watched.execute(), unwatched.execute()

    assert one.worst is not None
    assert other.worst is None
    assert one.trace_hash == other.trace_hash
