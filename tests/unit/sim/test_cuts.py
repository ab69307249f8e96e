"""Ways through tables that share no node, against all ways there are."""

import random
from itertools import permutations

import pytest

from seattle_p2p.sim.cuts import disjoint_ways
from seattle_p2p.sim.lookup_figures import expected_hops


def a_graph(rng, nodes, share):
    return {
        a: {b for b in range(nodes) if b != a and rng.random() < share}
        - ({1} if a == 0 else set())
        for a in range(nodes)
    }


def the_most(tables, source, target):
    """By trying every set of ways of at most three steps."""
    inner = [n for n in tables if n not in (source, target)]
    ways = [{a} for a in inner if a in tables[source] and target in tables[a]]
    ways += [
        {a, b}
        for a, b in permutations(inner, 2)
        if a in tables[source] and b in tables[a] and target in tables[b]
    ]

    def pick(index, used):
        if index == len(ways):
            return 0
        best = pick(index + 1, used)
        if not ways[index] & used:
            best = max(best, 1 + pick(index + 1, used | ways[index]))
        return best

    return pick(0, set())


@pytest.mark.parametrize("seed", range(12))
def test_as_many_ways_are_found_as_there_are(seed):
    tables = a_graph(random.Random(seed), 7, 0.4)
    knowing = {a for a in tables if 1 in tables[a]}

    assert disjoint_ways(0, 1, tables, knowing) == the_most(tables, 0, 1)


def test_a_pair_that_hangs_on_one_node_is_parted_by_its_fall():
    tables = {0: {2, 3}, 2: {4}, 3: {4}, 4: {1}, 1: set()}

    assert disjoint_ways(0, 1, tables, {4}) == 1


def test_the_model_expects_more_hops_of_more_nodes_and_never_less_than_one():
    assert expected_hops(10, 20) == 1
    assert 1.5 < expected_hops(1000, 20) < expected_hops(10_000, 20) < 3
