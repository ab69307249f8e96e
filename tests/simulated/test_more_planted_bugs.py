"""Mistakes of other kinds than in `test_planted_bugs`, caught by the same scenario.

Time, order, restarts, acknowledgements: what an honest slip of a programmer would look like.
"""

import msgspec
import pytest

from seattle_p2p.overlay import proofs, table
from seattle_p2p.overlay.answering import Answering
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.estimate import SizeEstimate
from seattle_p2p.overlay.holding import Holding
from seattle_p2p.overlay.params import SECOND, nanoseconds
from seattle_p2p.overlay.publication import Publication
from seattle_p2p.overlay.publisher import Publisher
from seattle_p2p.overlay.rates import Rates
from seattle_p2p.overlay.records import Records
from seattle_p2p.overlay.requests import Requests
from seattle_p2p.overlay.table import Bucket, PeerTable
from seattle_p2p.overlay.tokens import Tokens
from seattle_p2p.overlay.upkeep import Upkeep
from seattle_p2p.overlay.withdrawal import Withdrawal
from seattle_p2p.wire.adverts import place_of
from seattle_p2p.wire.datagrams import Noted
from tests.support.planting import Plants

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

SEEDS = range(1, 4)
PLANTS = Plants()
plant = PLANTS.add


@plant
def a_bucket_splits_one_beside_the_middle(monkeypatch):
    def split(self):
        lower, upper = self.range
        middle = (lower + upper) // 2 - 1
        halves = Bucket(lower, middle, self.ksize), Bucket(middle + 1, upper, self.ksize)
        for half in halves:
            half.nodes = [peer for peer in self.nodes if half.has_in_range(peer)]
        return halves

    monkeypatch.setattr(table.Bucket, "split", split)


@plant
def who_waits_never_gets_a_place(monkeypatch):
    monkeypatch.setattr(Bucket, "remove_node", lambda self, node: self.take(node.id))


@plant
def whoever_is_heard_from_the_first_goes_last(monkeypatch):
    def touch(self, peer):
        nodes = self.bucket_of(peer.id).nodes
        if peer not in nodes:
            return False
        nodes.append(nodes.pop(0))
        return True

    monkeypatch.setattr(PeerTable, "touch", touch)


@plant
def contacts_are_refreshed_never(monkeypatch):
    monkeypatch.setattr(Upkeep, "_refresh_one", lambda self, now: None)


@plant
def upkeep_comes_much_too_late(monkeypatch):
    really = Upkeep.ring

    def ring(self, now):
        really(self, now)
        later = now + 50 * nanoseconds(self._parts.params.upkeep_s)
        self._parts.agenda.at(later, self)

    monkeypatch.setattr(Upkeep, "ring", ring)


@plant
def upkeep_is_done_once(monkeypatch):
    really = Upkeep.ring

    def ring(self, now):
        really(self, now)
        self._parts.agenda.cancel(self)

    monkeypatch.setattr(Upkeep, "ring", ring)


@plant
def withdrawals_forget_the_subkeys(monkeypatch):
    really = Withdrawal.start

    def start(self, now):
        top = place_of(self._entry.storage.public.raw)
        holders = self._entry.holders
        self._entry.holders = {place: held for place, held in holders.items() if place == top}
        really(self, now)

    monkeypatch.setattr(Withdrawal, "start", start)


@plant
def the_size_of_the_network_is_taken_for_twice_as_much(monkeypatch):
    really = SizeEstimate.servers.fget
    monkeypatch.setattr(SizeEstimate, "servers", property(lambda self: 2 * really(self)))


@plant
def the_octets_of_a_target_are_read_backwards(monkeypatch):
    really = Answering.on_find

    def on_find(self, message, asker, now):
        backwards = msgspec.structs.replace(message, target=message.target[::-1])
        really(self, backwards, asker, now)

    monkeypatch.setattr(Answering, "on_find", on_find)


@plant
def late_answers_are_thrown_away(monkeypatch):
    really = Requests.match

    def match(self, reply, source):
        asked = self._open.get(reply.number)
        return None if asked is not None and asked.slow else really(self, reply, source)

    monkeypatch.setattr(Requests, "match", match)


@plant
def nobody_is_passed_over_however_much_he_asks(monkeypatch):
    monkeypatch.setattr(Rates, "allow", lambda self, source, now, cost=1.0: True)


@plant
def a_token_is_good_at_any_address(monkeypatch):
    make, check = Tokens.token, Tokens.is_valid
    monkeypatch.setattr(Tokens, "token", lambda self, where, now: make(self, b"", now))
    monkeypatch.setattr(
        Tokens, "is_valid", lambda self, token, where, now: check(self, token, b"", now)
    )


@plant
def a_proof_is_good_for_any_token(monkeypatch):
    really = proofs._statement

    def statement(nonce, asker, prover, seen):
        return really(bytes(8), asker, prover, seen)

    monkeypatch.setattr(proofs, "_statement", statement)


@plant
def what_has_ended_is_handed_out_for_a_while(monkeypatch):
    really = Holding.on_read

    def on_read(self, message, asker, now):
        really(self, message, asker, now - 90 * SECOND)

    monkeypatch.setattr(Holding, "on_read", on_read)


@plant
def some_adverts_are_acknowledged_and_not_kept(monkeypatch):
    really = Records.put

    def put(self, place, depth, record, peer, now):
        if record.node[0] % 16 == 0:
            return record.lifetime_s
        return really(self, place, depth, record, peer, now)

    monkeypatch.setattr(Records, "put", put)


@plant
def a_page_leaves_out_its_last_advert(monkeypatch):
    really = Records.page

    def page(self, place, **named):
        found = really(self, place, **named)
        if found is not None and found.last and len(found.adverts) > 1:
            found.adverts.pop()
        return found

    monkeypatch.setattr(Records, "page", page)


@plant
def a_node_is_dead_because_somebody_says_so(monkeypatch):
    def on_report(self, message, asker, now):
        self._parts.records.remove(int.from_bytes(message.place), message.node)
        self._parts.exchange.answer(asker, Noted, ())

    monkeypatch.setattr(Holding, "on_report", on_report)


@plant
def reports_of_the_dead_are_not_looked_into(monkeypatch):
    def on_report(self, message, asker, now):
        self._parts.exchange.answer(asker, Noted, ())

    monkeypatch.setattr(Holding, "on_report", on_report)


@plant
def a_contact_that_was_found_dead_is_told_of_as_alive(monkeypatch):
    really = Doubts._drop

    def drop(self, peer):
        really(self, peer)
        self.parts.table.add_contact(peer)

    monkeypatch.setattr(Doubts, "_drop", drop)


@plant
def sequences_begin_anew_after_a_restart(monkeypatch):
    really = Publisher.publish

    def publish(self, person, overlay, commands, sequence, number, now):
        really(self, person, overlay, commands, 0, number, now)

    monkeypatch.setattr(Publisher, "publish", publish)


@plant
def renewals_come_after_the_end(monkeypatch):
    really = Publisher._round

    def round_(self, entry, number, now):
        really(self, entry, number, now)
        if entry.rounds > 2:
            self._parts.agenda.at(now + 3 * (entry.due - now), entry)

    monkeypatch.setattr(Publisher, "_round", round_)


@plant
def renewals_go_to_another_place(monkeypatch):
    really = Publication._walk_to

    def walk_to(self, place, now):
        if self.number:
            really(self, place, now)
            return
        elsewhere = place ^ 1 << 159
        self._depths[elsewhere] = self._depths[place]
        really(self, elsewhere, now)

    monkeypatch.setattr(Publication, "_walk_to", walk_to)


@plant
def what_was_withdrawn_is_renewed(monkeypatch):
    really = Publisher.withdraw

    def withdraw(self, person, number, now):
        entry = self._advertised.get(person)
        really(self, person, number, now)
        if entry is not None:
            self._parts.agenda.at(now + 30 * SECOND, entry)

    monkeypatch.setattr(Publisher, "withdraw", withdraw)


@pytest.mark.parametrize("name", list(PLANTS))
def test_another_planted_mistake_is_caught(name, monkeypatch):
    assert PLANTS.is_caught(name, monkeypatch, SEEDS)
