"""Mistakes planted in the overlay are caught by the verdicts of one scenario.

The scenario has about a hundred machines, two of which relay proofs of others here.

Each plant is a patch of one function. Hardly any would be noticed by a person who tries the
network for an hour; all have to be noticed by the scenario with one of a few seeds.
"""

import msgspec
import pytest

from seattle_p2p.errors import BadSignature
from seattle_p2p.identity.envelope import Purpose
from seattle_p2p.overlay import candidates, holding, reading, table
from seattle_p2p.overlay.agenda import Agenda
from seattle_p2p.overlay.askers import Askers
from seattle_p2p.overlay.company import Company
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.exchange import Exchange
from seattle_p2p.overlay.joining import Joining
from seattle_p2p.overlay.lookup import Lookup
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.publication import Publication
from seattle_p2p.overlay.publisher import Publisher
from seattle_p2p.overlay.reach import Reach
from seattle_p2p.overlay.reading import Reading
from seattle_p2p.overlay.records import Records
from seattle_p2p.overlay.requests import Outstanding, Requests
from seattle_p2p.overlay.shelf import Shelf
from seattle_p2p.overlay.table import Bucket, PeerTable
from seattle_p2p.overlay.tokens import Tokens
from seattle_p2p.overlay.withdrawal import Withdrawal
from seattle_p2p.wire import adverts
from seattle_p2p.wire.datagrams import Outcome, Store
from tests.support.planting import Plants, breached

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

SEEDS = range(1, 6)
PLANTS = Plants()
plant = PLANTS.add


# What is planted: routing


@plant
def nearest_looks_only_into_one_bucket(monkeypatch):
    def nearest(self, target, count):
        nodes = self.bucket_of(target).nodes
        return sorted(nodes, key=lambda peer: peer.id ^ target)[:count]

    monkeypatch.setattr(PeerTable, "nearest", nearest)


@plant
def nearest_gives_the_farthest(monkeypatch):
    def farthest(self, target, count):
        return list(self.by_distance(target))[::-1][:count]

    monkeypatch.setattr(PeerTable, "nearest", farthest)


@plant
def the_rank_within_ip_groups_is_ignored(monkeypatch):
    def plain(nearest_first, count):
        return list(nearest_first)[:count]

    monkeypatch.setattr(table, "best", plain)
    monkeypatch.setattr(candidates, "best", plain)


@plant
def the_order_in_buckets_is_reversed(monkeypatch):
    def touch(self, peer):
        nodes = self.bucket_of(peer.id).nodes
        if peer not in nodes:
            return False
        nodes.remove(peer)
        nodes.insert(0, peer)
        return True

    monkeypatch.setattr(PeerTable, "touch", touch)


@plant
def a_bucket_holds_one_too_many(monkeypatch):
    really = Bucket.add_node

    def add_node(self, node):
        self.ksize += 1
        try:
            return really(self, node)
        finally:
            self.ksize -= 1

    monkeypatch.setattr(Bucket, "add_node", add_node)


@plant
def dead_contacts_stay(monkeypatch):
    monkeypatch.setattr(Doubts, "_drop", lambda self, peer: None)


@plant
def a_window_is_never_refilled(monkeypatch):
    really = Lookup.queries

    def once(self):
        return [] if self.asked else really(self)

    monkeypatch.setattr(Lookup, "queries", once)


@plant
def a_join_never_ends(monkeypatch):
    monkeypatch.setattr(Joining, "_end", lambda self, now: None)


@plant
def a_lookup_ends_with_its_first_answers(monkeypatch):
    monkeypatch.setattr(Lookup, "done", property(lambda self: len(self.answered) >= 3))


# Requests and replies


@plant
def a_timeout_is_not_cancelled(monkeypatch):
    really = Agenda.cancel

    def cancel(self, alarm):
        if not isinstance(alarm, Outstanding):
            really(self, alarm)

    monkeypatch.setattr(Agenda, "cancel", cancel)


@plant
def a_reply_is_matched_by_its_number_alone(monkeypatch):
    def match(self, reply, source):
        asked = self._open.get(reply.number)
        if asked is not None:
            self._close(asked)
        return asked

    monkeypatch.setattr(Requests, "match", match)


@plant
def any_token_will_do(monkeypatch):
    monkeypatch.setattr(Tokens, "is_valid", lambda self, token, endpoint, now: True)


@plant
def an_answer_may_be_of_any_size(monkeypatch):
    really = Exchange.asker

    def asker(self, *args):
        found = really(self, *args)
        found.room = 1232
        return found

    monkeypatch.setattr(Exchange, "asker", asker)


@plant
def a_proof_is_given_for_any_address(monkeypatch):
    monkeypatch.setattr(Reach, "is_ours", lambda self, packed: True)


@plant
def contacts_are_taken_without_proof(monkeypatch):
    really = Company.notice

    def careless(self, peer, *rest):
        self._parts.admit(Peer(peer.id ^ 1, peer.endpoint), rest[-1])
        return really(self, peer, *rest)

    monkeypatch.setattr(Company, "notice", careless)


# Holders


@plant
def a_record_needs_no_signature(monkeypatch):
    monkeypatch.setattr(holding, "require_sound_record", lambda record, verify: None)


@plant
def a_record_is_taken_from_a_third_party(monkeypatch):
    really = Askers.proved_sender

    def anybody(self, message, asker, now):
        sender = really(self, message, asker, now)
        if sender is None or not isinstance(message, Store):
            return sender
        return Peer(int.from_bytes(message.record.node), sender.endpoint)

    monkeypatch.setattr(Askers, "proved_sender", anybody)


@plant
def a_sequence_is_ignored(monkeypatch):
    really = Records.verdict

    def verdict(self, *args):
        outcome = really(self, *args)
        return Outcome.DONE if outcome == Outcome.OLDER else outcome

    monkeypatch.setattr(Records, "verdict", verdict)


@plant
def a_lifetime_is_ignored(monkeypatch):
    monkeypatch.setattr(Records, "expire", lambda self, now: None)


@plant
def a_lifetime_is_counted_twice(monkeypatch):
    really = Records.put

    def put(self, place, depth, record, peer, now):
        later = now + record.lifetime_s * SECOND
        return really(self, place, depth, record, peer, later)

    monkeypatch.setattr(Records, "put", put)


@plant
def a_quota_is_off_by_one(monkeypatch):
    really = Records.__init__

    def init(self, params):
        really(self, msgspec.structs.replace(params, max_per_node=params.max_per_node + 1))

    monkeypatch.setattr(Records, "__init__", init)


@plant
def what_is_dropped_still_counts(monkeypatch):
    really = Records._drop

    def drop(self, place, held, node):
        really(self, place, held, node)
        self._count += 1

    monkeypatch.setattr(Records, "_drop", drop)


# Publishers


@plant
def a_renewal_is_lost(monkeypatch):
    monkeypatch.setattr(Publisher, "_renew", lambda self, entry, now: None)


@plant
def a_renewal_has_the_same_sequence(monkeypatch):
    really = Publisher._round

    def round_(self, entry, number, now):
        self._sequence -= entry.rounds > 0
        really(self, entry, number, now)

    monkeypatch.setattr(Publisher, "_round", round_)


@plant
def a_withdrawal_is_lost(monkeypatch):
    monkeypatch.setattr(Withdrawal, "_ask", lambda self, *args: None)


@plant
def an_advert_is_stored_at_one_holder_only(monkeypatch):
    really = Publication._store

    def lazy(self, place, peer, now, **named):
        if not self._holders and not self._waiting:
            really(self, place, peer, now, **named)

    monkeypatch.setattr(Publication, "_store", lazy)


# Readers


@plant
def the_storage_key_in_an_advert_is_ignored(monkeypatch):
    really = adverts.signed_bytes

    def without_it(purpose, body):
        return really(purpose, body[32:] if purpose is Purpose.NODE_ADVERT else body)

    monkeypatch.setattr(adverts, "signed_bytes", without_it)


@plant
def an_advert_needs_no_signature(monkeypatch):
    really = reading.open_advert

    def trusting(sealed, *, storage, secret, verify):
        def accept(key, message, signature):
            try:
                verify(key, message, signature)
            except BadSignature:
                return

        return really(sealed, storage=storage, secret=secret, verify=accept)

    monkeypatch.setattr(reading, "open_advert", trusting)


@plant
def adverts_are_shown_without_a_sign_of_life(monkeypatch):
    def believe(self, advert, now):
        self._tell(advert, alive=True)

    monkeypatch.setattr(Reading, "_on_advert", believe)


@plant
def a_split_range_is_read_twice(monkeypatch):
    really = Shelf.subkeys
    place_of = reading.place_of

    def subkeys(self):
        return [prefix for prefix in really(self) for _ in range(2)]

    def walk_to(self, depth, prefix, now):
        self._shelves.pop(place_of(self._storage, depth, prefix), None)
        return walk_once(self, depth, prefix, now)

    walk_once = Reading._walk_to
    monkeypatch.setattr(Shelf, "subkeys", subkeys)
    monkeypatch.setattr(Reading, "_walk_to", walk_to)


@plant
def split_places_are_not_read(monkeypatch):
    monkeypatch.setattr(Shelf, "on_split", lambda self, peer, split: None)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_mistake_nothing_is_broken(seed):
    assert breached(seed) == []


@pytest.mark.parametrize("name", list(PLANTS))
def test_a_planted_mistake_is_caught(name, monkeypatch):
    assert PLANTS.is_caught(name, monkeypatch, SEEDS)
