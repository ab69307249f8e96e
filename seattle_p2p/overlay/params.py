"""Numbers of the overlay, with units and where they come from. One frozen object per node."""

from typing import Final

import msgspec

SECOND: Final = 1_000_000_000
"""Nanoseconds in a second: the core counts time in whole nanoseconds."""


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a node may be tuned by. Nodes of one network may differ in all but `k`."""

    k: int = 20
    """Contacts in a bucket, holders of an advert, peers in an answer (Kademlia, 4.1)."""
    alpha: int = 3
    """Queries of a lookup in flight that are not slow (Kademlia, 2.3) ..."""
    far_s: float = 0.05
    """... and three times as many where round trips take longer and somebody waits."""

    soft_floor_s: float = 0.003
    """A peer slower than mean + 4 deviations, but at least this, gets company. On loopback with
    2 % of datagrams lost, one lookup in twenty waits for it: 5 ms made them 1.8 times as long
    as without loss, 3 ms 1.5 times, with no more datagrams."""
    soft_first_s: float = 0.15
    """The same while nothing at all was measured."""
    labour_s: float = 0.05
    """So much longer a request that costs signatures may take before it is sent again."""
    overdue_floor_s: float = 0.1
    """A lookup goes on without a peer that took four times as long as makes it slow,
    but at least this, when others answered meanwhile; its late answer still counts."""
    vouched_s: float = 0.8
    """Where peers are far, whom its neighbours name is waited for at least so long."""
    hard_floor_s: float = 0.3
    """Nobody counts as silent earlier; below it 3 % of healthy personal devices would."""
    hard_cap_s: float = 5.0
    """Nobody is waited for longer."""
    silences: int = 3
    """Unanswered requests in a row after which a contact leaves the table."""

    dial_s: float = 0.5
    """How long joining waits for a stranger's knock; later knocks still count."""
    role_s: float = 3600.0
    """A node that no stranger reached for so long has its role found anew."""
    introductions: int = 16
    """Id proofs under way at once for the sake of the table."""
    confirm_patience: tuple[int, ...] = (1, 1, 2)
    """A node is tried so often before a reader holds it for dead; each time so many usual hard
    deadlines long. With 2 % of datagrams lost, one try alone takes 8 % of the living for dead.
    """
    confirmations: int = 512
    """Id proofs under way at once for one reader that are not slow: 10,000 nodes are found at
    planetlab's round trips within 10 s."""

    lookup_requests: int = 64
    """Most requests of one lookup, whatever the answers say."""
    lookup_s: float = 30.0
    """A lookup older than this ends with what it has."""
    disjoint_paths: int = 1
    """Paths of a reader's lookup that share no peer (S/Kademlia, 4.4); 1: one plain lookup."""
    read_requests: int = 12_000
    """Most requests for pages of one key: 10,000 adverts take 3,000, a flood takes the rest."""
    pages_in_flight: int = 8
    """Pages asked of one holder at a time."""

    lifetime_s: int = 3600
    """How long an advert lives at its holders."""
    renew_s: float = 1500.0
    """When it is written again: twice within its life, with room for one miss."""
    first_renewal_s: float = 90.0
    """The first renewal, and the second and third in proportion, come sooner: whoever
    advertised while the network was growing has to reach those who came after and are closer.
    """
    renew_jitter: float = 0.1
    """Share of `renew_s` by which a renewal comes earlier, at random."""
    upkeep_s: float = 60.0
    """How often a node looks after itself: expired records, stale buckets, lost peers."""
    quiet_s: float = 300.0
    """A contact heard from within that time is not pinged because its bucket is full."""
    estimate_s: float = 120.0
    """Until the network's size is known, a random place is looked up so often ..."""
    reestimate_s: float = 21600.0
    """... and then ever more seldom, in the end so often, for the network may grow."""
    refresh_s: float = 3600.0
    """A bucket no lookup touched for so long is looked up."""

    token_s: float = 1800.0
    """How often the secret behind address tokens changes; the last three are honoured."""
    max_acquaintances: int = 1024
    """Addresses we remember anything about: proofs, tokens, round trips."""
    max_outstanding: int = 4096
    """Requests without answer at any time."""

    split_entries: int = 400
    """Adverts of one place at which a holder answers `split` ..."""
    split_groups: int = 8
    """... when they come from at least so many IP groups, none counting beyond its part."""
    split_bits: int = 8
    """Deepest subkey: bits of the node id that choose it."""
    max_entries: int = 2048
    """Adverts of one place at a holder; beyond it the largest IP group makes room."""
    max_records: int = 32768
    """Adverts a holder keeps in all, some 10 MB."""
    max_per_node: int = 512
    """Adverts a holder keeps of one node: many vessels with many keys."""

    source_rate: float = 2000.0
    """Datagrams a second taken from one address, in the long run."""
    source_burst: float = 4000.0
    """Datagrams taken from it at once."""
    check_rate: float = 1000.0
    """Signatures a second checked or made for one IP group, in the long run."""
    check_burst: float = 8000.0
    """Signatures checked or made for it at once: a whole site may start together."""


def nanoseconds(seconds: float) -> int:
    """Whole nanoseconds in `seconds`."""
    return round(seconds * SECOND)
