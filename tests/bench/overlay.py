"""Our overlay beside stock `kademlia` over loopback UDP: N nodes in one process, same run.

    ./dev bench overlay [--rows 1,2,3] [--sizes 32,128,512] [--seeds 3] [--loop asyncio|uvloop]

CPU is of the whole network, askers and answerers; it is what noise moves least. Each row ends
in figures with their bars and a verdict: quantiles over all seeds together, costs as the median
of the seeds, everything else as the worst. Exit code 1 when a bar is missed. Rows:

    1 health    publishes and lookups that succeed
    2 exact     a table's own answer, a lookup against the network's true k
    3 death     30 % killed at once, lookups start at once, 4 at a time
    4 loss      2 % and 10 % of the datagrams lost
    5 cost      CPU of a get, a publication, a join, a datagram; uvloop's beside it, if there
    6 crowd     1,000 adverts of one owner
    9 echo      octets to an unproved address for each octet from it
   11 liars     one liar, torn replies
   12 leaks     10,000 lookups given up by their callers
   13 speed     from publishing to being found; the dead in what is shown
"""

import argparse
import asyncio
import contextlib
import gc
import importlib.util
import logging
import math
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from seattle_p2p.overlay.core import AdvertFound, LookedUp, Role
from seattle_p2p.wire.codec import WireCodec
from tests.bench import _floor as floor
from tests.bench._networks import (
    KEYS,
    NETWORK,
    K,
    Measured,
    Net,
    Operation,
    Ours,
    Stock,
    fill,
    gets,
    grow,
    measure,
    quantile_ms,
)
from tests.bench._report import Report
from tests.support.liars import Liar
from tests.support.unproved import REQUESTS

report = Report()
DEATHS = 0.3
LARGEST_DATAGRAM = 1232


async def health(sizes: list[int], seeds: int) -> None:
    """Row 1."""
    for size in sizes:
        worst = {"publishes": 1.0, "gets": 1.0}
        for seed in range(seeds):
            for net in (Ours(seed), Stock(seed)):
                await grow(net, size)
                puts, read = await fill(net), await measure(net, gets(net, 200))
                report.facts(
                    f"1 healthy N={size} seed {seed}",
                    net.name,
                    publishes=f"{puts.share:.1%}",
                    gets=f"{read.share:.1%}",
                    p50=f"{read.ms(0.5):.2f} ms",
                    p95=f"{read.ms(0.95):.2f} ms",
                )
                if isinstance(net, Ours):
                    worst["publishes"] = min(worst["publishes"], puts.share)
                    worst["gets"] = min(worst["gets"], read.share)
                await net.close()
        for what, share in worst.items():
            report.line(1, f"N={size}: {what} that succeed", share, at_least=1.0)


async def exact(sizes: list[int], seeds: int) -> None:
    """Row 2."""
    for size in sizes:
        own: list[float] = []
        recall: list[float] = []
        for seed in range(seeds):
            net = Ours(seed)
            await grow(net, size)
            ids = [node.node.id for node in net.nodes]
            hits = wanted = own_hits = own_wanted = 0
            for _ in range(60):
                target, node = net.rng.getrandbits(160), net.rng.choice(net.nodes)
                held = sorted((p.id for p in node.contacts()), key=lambda i: i ^ target)[:K]
                answer = [peer.id for peer in node.node.closest(target, K)]
                own_hits += len(set(held) & set(answer))
                own_wanted += len(held)
                others = (i for i in ids if i != node.node.id)
                true = set(sorted(others, key=lambda i: i ^ target)[:K])
                hits += len(true & {peer.id for peer in await node.look_up(target)})
                wanted += len(true)
            own.append(own_hits / own_wanted)
            recall.append(hits / wanted)
            await net.close()
        report.line(
            2, f"N={size}: a table's answer against what it holds", min(own), at_least=1
        )
        report.line(
            2,
            f"N={size}: a lookup against the true {K}",
            statistics.mean(recall),
            at_least=0.995,
        )


async def death(sizes: list[int], seeds: int) -> None:
    """Row 3."""
    for size in [size for size in sizes if size > 2 * K]:
        seconds: dict[str, list[float]] = {"first": [], "all": [], "stock": []}
        found = [1.0]
        for seed in range(seeds):
            for net in (Ours(seed), Stock(seed)):
                await grow(net, size)
                await fill(net)
                dead = net.rng.sample(net.nodes, int(DEATHS * size))
                for node in dead:
                    await net.kill(node)
                gone = set(map(id, dead))
                net.nodes = [node for node in net.nodes if id(node) not in gone]
                # All nodes share one collector of garbage, whose pauses would be everybody's.
                gc.collect()
                gc.freeze()
                count = 120 if isinstance(net, Ours) else 40
                first = await measure(net, gets(net, count), at_once=4)
                facts = {
                    "first": f"{first.share:.1%}",
                    "p50": f"{first.ms(0.5):.1f} ms",
                    "p99": f"{first.ms(0.99):.1f} ms",
                }
                if isinstance(net, Ours):
                    full = await measure(net, gets(net, count, "get_all"), at_once=4)
                    facts["all p99"] = f"{full.ms(0.99):.0f} ms"
                    seconds["first"] += first.seconds
                    seconds["all"] += full.seconds
                    found += [first.share, full.share]
                else:
                    seconds["stock"] += first.seconds
                report.facts(f"3 death N={size} seed {seed}", net.name, **facts)
                await net.close()
        first_ms = {q: quantile_ms(seconds["first"], q) for q in (0.5, 0.99)}
        stock_ms = {q: quantile_ms(seconds["stock"], q) for q in (0.5, 0.99)}
        report.line(3, f"N={size}: keys found after 30 % died", min(found), at_least=1.0)
        for q, share in ((0.5, 1 / 200), (0.99, 1 / 50)):
            report.line(
                3,
                f"N={size}: first record p{q * 100:.0f}, of stock's {stock_ms[q]:,.0f} ms",
                first_ms[q] / stock_ms[q],
                at_most=share,
            )
        all_ms = quantile_ms(seconds["all"], 0.99)
        report.line(3, f"N={size}: all records p99", all_ms, at_most=600, unit="ms")


async def loss(sizes: list[int], seeds: int) -> None:
    """Row 4."""
    size = sizes[0]
    seconds: dict[float, list[float]] = {0.0: [], 0.02: [], 0.10: []}
    evicted = 0
    for seed in range(seeds):
        for net in (Ours(seed), Stock(seed)):
            await grow(net, size)
            await fill(net)
            facts = {}
            for share in seconds:
                net.wire.loss = share
                count = 400 if isinstance(net, Ours) else 40
                read = await measure(net, gets(net, count), at_once=4)
                facts[f"{share:.0%}"] = f"{read.share:.0%} p95 {read.ms(0.95):.2f} ms"
                if isinstance(net, Ours):
                    seconds[share] += read.seconds
                if isinstance(net, Ours) and share == 0.02:
                    full = await measure(net, gets(net, 100, "get_all"), at_once=4)
                    facts["all at 2%"] = f"p95 {full.ms(0.95):.0f} ms"
                    await asyncio.sleep(1.5)  # for pings of those in doubt to end
                    gone = [n.statistics().counts.get("evicted", 0) for n in net.nodes]
                    evicted += sum(gone)
            net.wire.loss = 0.0
            report.facts(f"4 loss N={size} seed {seed}", net.name, **facts)
            await net.close()
    healthy = quantile_ms(seconds[0.0], 0.95)
    for share, bar in ((0.02, 3), (0.10, 5)):
        report.line(
            4,
            f"p95 at {share:.0%} loss, of {healthy:.2f} ms without",
            quantile_ms(seconds[share], 0.95) / healthy,
            at_most=bar,
        )
    report.line(4, "live contacts evicted at 2 % loss", evicted, at_most=0)


ROUNDS = 8
"""Both networks take turns in so many rounds, so that other load on the machine hits both."""

Spent = dict[str, list[Measured]]


async def cost(sizes: list[int], seeds: int) -> None:
    """Row 5."""
    ratios: dict[str, list[float]] = {}
    for seed in range(seeds):
        stock, ours = Stock(seed), Ours(seed)
        spent = await _spend((stock, ours), sizes[0])
        for net in (stock, ours):
            report.facts(
                f"5 cost N={sizes[0]} seed {seed}", net.name, **_costs(spent[net.name])
            )
        mine, theirs = spent["ours"], spent["kademlia"]
        for what, rounds in theirs.items():
            ratio = _median(mine[what]) / _median(rounds)
            ratios.setdefault(what, []).append(ratio)
        ratios.setdefault("datagram", []).append(_per_datagram(mine) / _per_datagram(theirs))
        trips = statistics.median(one.datagrams / one.done for one in mine["full set"]) / 2
        bare = await floor.lookup_ms(trips)
        ratios.setdefault("floor", []).append(_median(mine["full set"]) / bare)
        ratios.setdefault("proofs", []).append(floor.proofs_ms(ours) / _median(mine["join"]))
        await stock.close()
        await ours.close()
    value = {what: statistics.median(found) for what, found in ratios.items()}
    report.line(5, "CPU to the first record, of stock's get", value["get"], at_most=0.75)
    report.line(5, "CPU of a full set, of the floor formula", value["floor"], at_most=2.5)
    report.line(5, "CPU of a publication, of stock's store", value["store"], at_most=0.6)
    report.line(5, "CPU of a join, of stock's", value["join"], at_most=1.5)
    report.line(5, "  of it for proofs: signing and checking", value["proofs"])
    report.line(5, "CPU of a datagram, of stock's", value["datagram"], at_most=0.6)


async def cost_beside(sizes: list[int], _seeds: int) -> None:
    """Row 5, ours alone: under another event loop, for one seed."""
    ours = Ours(0)
    spent = await _spend((ours,), sizes[0])
    report.facts(f"5 cost N={sizes[0]} uvloop", ours.name, **_costs(spent["ours"]))
    await ours.close()


async def _spend(nets: tuple[Net, ...], size: int) -> dict[str, Spent]:
    """What each network spends on each kind of operation, in turns."""
    spent: dict[str, Spent] = {net.name: {} for net in nets}
    for what, make in _operations(size):
        for turn in range(ROUNDS):
            for net in nets[:: 1 if turn % 2 else -1]:
                gc.collect()
                operations = make(net, turn)
                if operations:
                    done = await measure(net, operations)
                    spent[net.name].setdefault(what, []).append(done)
    return spent


Make = Callable[[Any, int], list[Operation]]


def _operations(size: int) -> list[tuple[str, Make]]:
    """What is done in each round of each kind."""
    keys = KEYS // ROUNDS
    return [
        ("join", lambda net, _: [net.join_one] * (size // ROUNDS)),
        (
            "store",
            lambda net, turn: [
                lambda n=n: net.put(net.rng.choice(net.nodes), net.a_key(n))
                for n in range(turn * keys, KEYS if turn == ROUNDS - 1 else (turn + 1) * keys)
            ],
        ),
        ("get", lambda net, _: gets(net, 240 // ROUNDS)),
        (
            "full set",
            lambda net, _: gets(net, 200 // ROUNDS, "get_all") if net.name == "ours" else [],
        ),
    ]


def _median(rounds: list[Measured]) -> float:
    return statistics.median(one.cpu_ms for one in rounds)


def _per_datagram(spent: Spent) -> float:
    rounds = [one for of_a_kind in spent.values() for one in of_a_kind]
    return sum(one.cpu_s for one in rounds) / sum(one.datagrams for one in rounds)


def _costs(spent: Spent) -> dict[str, str]:
    facts = {f"{what} ms": f"{_median(rounds):.3f}" for what, rounds in spent.items()}
    for what, rounds in spent.items():
        total = sum(one.datagrams for one in rounds) / sum(one.done for one in rounds)
        facts[f"datagrams/{what}"] = f"{total:.1f}"
    return facts


async def crowd(_sizes: list[int], seeds: int) -> None:
    """Row 6: 1,000 nodes under one key, 64 of them holding the records."""
    slowest = {"first": 0.0, "verified": 0.0, "confirmed": 0.0}
    fewest, largest = 1000, 0
    for seed in range(seeds):
        net = Ours(seed)
        await grow(net, 64)
        owner, publishers = net.a_key(0), []
        for number in range(1000):
            if number % 100 == 0:
                gc.freeze()  # The collector's pauses grow with all nodes of the process.
            node = await net.add(Role.CLIENT)
            await node.join([net.rng.choice(net.nodes).endpoint])
            await net.put(node, owner)
            publishers.append(node)
        reader = await net.add(Role.CLIENT)
        await reader.join([net.nodes[0].endpoint])
        net.wire.largest = 0
        gc.collect()
        gc.freeze()
        for how in ("verified", "confirmed"):
            began, first, found = time.perf_counter(), math.inf, 0
            cpu = time.process_time()
            events = reader.watch_adverts(owner, confirm=how == "confirmed")
            async with contextlib.aclosing(events):
                async for event in events:
                    if isinstance(event, AdvertFound):
                        found += 1
                        first = min(first, time.perf_counter() - began)
            done_ms = (time.perf_counter() - began) * 1e3
            report.facts(
                f"6 crowd seed {seed}",
                how,
                found=str(found),
                first=f"{first * 1e3:.1f} ms",
                done=f"{done_ms:.0f} ms",
                cpu=f"{(time.process_time() - cpu) * 1e3:.0f} ms",
            )
            slowest["first"] = max(slowest["first"], first * 1e3)
            slowest[how] = max(slowest[how], done_ms)
            fewest = min(fewest, found)
        largest = max(largest, net.wire.largest)
        for node in [*publishers, reader]:
            await net.kill(node)
        await net.close()
    report.line(6, "of 1,000 adverts found", fewest, at_least=1000)
    report.line(6, "first, verified or confirmed", slowest["first"], at_most=50, unit="ms")
    report.line(6, "all, signatures verified", slowest["verified"], at_most=1200, unit="ms")
    report.line(
        6, "all, and each node proved alive", slowest["confirmed"], at_most=1200, unit="ms"
    )
    report.line(6, "largest datagram", largest, at_most=LARGEST_DATAGRAM, unit="octets")


class _Stranger(asyncio.DatagramProtocol):
    """Writes to a node from an address that proved nothing, and counts what comes back."""

    def __init__(self) -> None:
        self.octets = 0

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.octets += len(data)


async def echo(_sizes: list[int], _seeds: int) -> None:
    """Row 9: every kind of message, without a token and with a false one."""
    net = Ours(0)
    await grow(net, 40)
    await fill(net, 20)
    codec = WireCodec(NETWORK)
    most = 0.0
    for kind, fields in REQUESTS:
        for token in (b"", b"t" * 8):
            loop = asyncio.get_running_loop()
            transport, stranger = await loop.create_datagram_endpoint(
                _Stranger, local_addr=("127.0.0.1", 0)
            )
            data = codec.encode(kind(2**64 - 1, token, *fields))
            transport.sendto(data, net.nodes[1].endpoint)
            await asyncio.sleep(0.05)
            transport.close()
            most = max(most, stranger.octets / len(data))
    kinds = len({kind for kind, _ in REQUESTS})
    report.line(9, f"octets out for one in, the most of {kinds} kinds", most, at_most=1.0)
    await net.close()


async def liars(sizes: list[int], seeds: int) -> None:
    """Row 11: everybody asks for places beside one who invents peers, or answers in shreds."""
    most_asked, failed, invented = 0, 0, 0
    slowest = slowest_read = 0.0
    for seed in range(seeds):
        for torn in (False, True):
            net = Ours(seed)
            await grow(net, sizes[0])
            liar = net.nodes.pop(net.rng.randrange(1, len(net.nodes)))
            me = liar.node.id
            liar.engine.node = Liar(WireCodec(NETWORK), me, seed, torn=torn, where="127.66.6")  # type: ignore[assignment]
            await fill(net)
            for number in range(100):
                node = net.rng.choice(net.nodes)
                target = me ^ net.rng.getrandbits(140)
                began = time.perf_counter()
                try:
                    done = await node.engine.answer(
                        lambda now, at=target, of=node: of.node.look_up(at, now), 30.0
                    )
                    assert isinstance(done, LookedUp)
                    most_asked = max(most_asked, done.asked)
                    slowest = max(slowest, time.perf_counter() - began)
                    began = time.perf_counter()
                    await node.find_adverts(net.a_key(number % KEYS))
                    slowest_read = max(slowest_read, time.perf_counter() - began)
                except Exception:
                    failed += 1
            for node in net.nodes:
                invented += sum(p.endpoint.host.startswith("127.66.6") for p in node.contacts())
            net.nodes.append(liar)
            await net.close()
    report.line(11, "requests of a lookup beside a liar, the most", most_asked, at_most=64)
    report.line(11, "time of one, the slowest", slowest, at_most=2.0, unit="s")
    report.line(11, "time of reading a key, the slowest", slowest_read, at_most=2.0, unit="s")
    report.line(11, "exceptions", failed, at_most=0)
    report.line(11, "invented peers in tables", invented, at_most=0)


async def leaks(_sizes: list[int], _seeds: int) -> None:
    """Row 12."""
    net = Ours(0)
    await grow(net, 64)
    await fill(net)
    asker = net.nodes[3]
    await asyncio.sleep(1.0)  # for what the network does by itself to end
    before = _left_of(asker)
    for number in range(10_000):
        task = asyncio.create_task(asker.find_adverts(net.a_key(number % KEYS)))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await asyncio.sleep(1.0)
    after = _left_of(asker)
    report.facts("12 leaks", net.name, **{what: str(count) for what, count in after.items()})
    for what, count in after.items():
        beyond = count - before[what]
        report.line(12, f"{what} left by 10,000 lookups given up", beyond, at_most=0)
    await net.close()


def _left_of(node: Any) -> dict[str, int]:
    held = node.statistics()
    return {
        "requests": held.outstanding,
        "activities": held.activities,
        "timers": held.timers,
        "tasks": len(asyncio.all_tasks()),
        "callers": len(node.engine.waiting),
    }


async def speed(sizes: list[int], seeds: int) -> None:
    """Row 13; a death of 90 s and more is in `overlay-world`, in virtual time."""
    seconds: list[float] = []
    shown = read = 0
    for seed in range(seeds):
        net = Ours(seed)
        await grow(net, sizes[0])
        for number in range(60):
            node, reader = net.rng.sample(net.nodes, 2)
            began = time.perf_counter()
            await net.put(node, net.a_key(number))
            while not await reader.find_adverts(net.a_key(number)):
                pass
            seconds.append(time.perf_counter() - began)
        owner = net.a_key(5000)
        for node in net.nodes:
            await net.put(node, owner)
        dead = net.rng.sample(net.nodes, sizes[0] // 3)
        endpoints = {node.endpoint for node in dead}
        for node in dead:
            await net.kill(node)
        live = [node for node in net.nodes if node.endpoint not in endpoints]
        for _ in range(100):
            adverts = await net.rng.choice(live).find_adverts(owner)
            read += 1
            shown += sum(advert.overlay[0] in endpoints for advert in adverts)
        await net.close()
    for q, bar in ((0.5, 1.0), (0.99, 5.0)):
        value = quantile_ms(seconds, q) / 1e3
        report.line(
            13, f"from publishing to being found, p{q * 100:.0f}", value, at_most=bar, unit="s"
        )
    report.line(
        13, f"dead nodes shown in {read} reads at once after a third died", shown, at_most=0
    )


ROWS: dict[int, Callable[[list[int], int], Awaitable[None]]] = {
    1: health,
    2: exact,
    3: death,
    4: loss,
    5: cost,
    6: crowd,
    9: echo,
    11: liars,
    12: leaks,
    13: speed,
}


def main() -> int:
    """Run the rows asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default=",".join(map(str, ROWS)))
    parser.add_argument(
        "--sizes", default="128,32,512", help="rows with one size use the first"
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sizes = [int(size) for size in chosen.sizes.split(",")]
    for row in map(int, chosen.rows.split(",")):
        _run(ROWS[row], sizes, chosen.seeds, chosen.loop)
        if row == 5 and chosen.loop == "asyncio" and importlib.util.find_spec("uvloop"):
            _run(cost_beside, sizes, 1, "uvloop")
    return report.summary()


def _run(
    row: Callable[[list[int], int], Awaitable[None]], sizes: list[int], seeds: int, loop: str
) -> None:
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop

    async def run() -> None:
        await row(sizes, seeds)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(run())


if __name__ == "__main__":
    sys.exit(main())
