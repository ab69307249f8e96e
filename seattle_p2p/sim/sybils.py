"""Attackers' machines: ids ground close to a place, addresses in few IP groups, one gang.

They join as everybody does and lie from the first moment on. Ordinary members can be turned
into liars later, where they stand.
"""

import random
from collections.abc import Callable, Sequence
from heapq import nsmallest
from itertools import chain

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Role, Signer
from seattle_p2p.sim.attackers import Conduct, Gang, Hostile
from seattle_p2p.sim.population import Member, Population
from seattle_p2p.sim.signing import Signatures
from seattle_p2p.wire.codec import Codec

MakeConduct = Callable[[Gang], Conduct]
_SEED_BYTES = 32
_TRIES_AT_ONCE = 65_536


def grind(
    place: int, count: int, tries: int, signatures: Signatures, rng: random.Random
) -> list[Signer]:
    """The keys of `count` Sybils: of all that were tried, those with ids closest to `place`.

    Args:
        place: 0 <= place < 2**160.
        count: Keys wanted.
        tries: Keys made for each one wanted. With cheap signatures a try is a hash, a
            twentieth of what it costs a real attacker.
        signatures: The run's.
        rng: Where the keys come from.
    """
    best: list[tuple[int, bytes]] = []
    left = count * tries
    while left > 0:
        secrets = rng.randbytes(_SEED_BYTES * min(left, _TRIES_AT_ONCE))
        left -= _TRIES_AT_ONCE
        seeds = (secrets[at : at + _SEED_BYTES] for at in range(0, len(secrets), _SEED_BYTES))
        fresh = ((signatures.node_id(seed) ^ place, seed) for seed in seeds)
        best = nsmallest(count, chain(best, fresh))
    return [signatures.ground_signer(seed) for _, seed in best]


class Sybils:
    """Puts attackers into a world.

    Args:
        population: Whom they join.
        codec: What the world's datagrams are made with.
        rng: Their choices.
    """

    def __init__(self, population: Population, codec: Codec, rng: random.Random) -> None:
        self._population = population
        self._codec = codec
        self._rng = rng

    def add(
        self, signers: Sequence[Signer], *, ip_groups: int, name: str = "sybils"
    ) -> list[Member]:
        """Machines for these keys, switched off, spread over so many IP groups."""
        size = -(-len(signers) // ip_groups)
        members = []
        for signer in signers:
            member = self._population.add(
                signer, group=name, role=Role.SERVER, seed=False, ip_group_size=size
            )
            members.append(member)
        return members

    def start(self, members: Sequence[Member], make: MakeConduct) -> None:
        """Switch machines on as accomplices of one gang; each joins at once."""
        gang = self._gang(members)
        for member in members:
            self._population.start(member)
            self._wrap(member, make(gang))

    def turn(self, members: Sequence[Member], make: MakeConduct) -> None:
        """Make liars of members that are up, where they stand."""
        gang = self._gang(members)
        for member in members:
            self._wrap(member, make(gang))

    def _gang(self, members: Sequence[Member]) -> Gang:
        peers = [Peer(m.signer.public.node_id, m.host.endpoint) for m in members]
        ours = {member.index for member in members}
        victims = [
            m.host.endpoint
            for m in self._population.members
            if m.index not in ours and m.role is not Role.CLIENT
        ]
        return Gang(self._rng, peers, victims)

    def _wrap(self, member: Member, conduct: Conduct) -> None:
        member.is_hostile = True
        member.host.core = Hostile(member.core, self._codec, conduct)
