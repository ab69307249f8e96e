"""What a node's routing table looks like to people who look inside: shapes only."""

import msgspec


class ContactView(msgspec.Struct, frozen=True):
    """One contact: id as 40 hexadecimal digits; times are 0 while nothing was measured."""

    id: str
    address: str
    shared_bits: int
    """Leading bits of its id that are ours, too."""
    round_trip_ms: float
    heard_s: float
    """Seconds since it last said anything."""
    doubted: bool
    """Whether it left a request without an answer and is being checked."""


class BucketView(msgspec.Struct, frozen=True):
    """One bucket: contacts heard from least recently come first; `waiting` for a place."""

    shared_bits: int
    """Leading bits that all ids of the bucket have in common with ours."""
    own: bool
    """Whether our own id lies in it: the one bucket that splits."""
    contacts: tuple[ContactView, ...]
    waiting: int


class TableView(msgspec.Struct, frozen=True):
    """One routing table, far buckets first."""

    family: str
    """``IPv4``, ``IPv6`` or ``both``."""
    buckets: tuple[BucketView, ...]
    size_estimate: int
    """Servers in the network, as far as lookups tell; 0 while unknown."""
    region_bits: int
    """Ids that share so many bits with ours lie in our region: k servers should be there; 0
    while the network's size is unknown."""
    in_region: int
    """Contacts of ours that do."""
