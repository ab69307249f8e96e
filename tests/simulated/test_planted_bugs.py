"""Mistakes planted in the overlay are caught by the verdicts of one small scenario."""

import msgspec
import pytest

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.joining import Joining
from seattle_p2p.overlay.lookup import Lookup
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.overlay.publisher import Publication, Publisher
from seattle_p2p.overlay.reading import Reading
from seattle_p2p.overlay.table import PeerTable
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.run import Run

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


def breached(seed=1):
    """Names of the verdicts that 40 nodes with deaths break in more than a lifetime."""
    groups = (
        shapes.NodeGroup(name="seeds", count=2, role="bootstrap"),
        shapes.NodeGroup(name="donors", count=38, join_at_s=1, join_span_s=20),
        shapes.NodeGroup(name="people", count=3, role="experimenter", join_at_s=30),
    )
    plan = shapes.Scenario(
        version=1,
        meta=shapes.About(name="bugs", duration_s=2500, signer="simulated"),
        nodes=groups,
        network=shapes.Network(latency="planetlab", loss=0.005),
        # A short life, so that what is not renewed is gone before the end.
        overlay=msgspec.structs.replace(Params(), k=8, lifetime_s=1200, renew_s=500.0),
        workload=shapes.Workload(
            owners=5,
            discover_from_s=100,
            discover_every_s=200,
            lookups_per_s=0.1,
            last_look_s=60,
        ),
        faults=(shapes.Fault(kind="crash", at_s=400, share=0.2),),
        expect=(
            shapes.Expect(measure="lookup.correct", at_least=0.97),
            # The first donors publish when hardly anybody else is there.
            shapes.Expect(measure="publish.holders_least", at_least=3),
        ),
    )
    return [v.name for v in Run(plan, seed).execute().verdicts if not v.holds]


def test_without_a_mistake_nothing_is_broken():
    assert breached() == []


def test_nearest_that_gives_the_farthest_is_caught(monkeypatch):
    def farthest(self, target, count):
        return list(self.by_distance(target))[::-1][:count]

    monkeypatch.setattr(PeerTable, "nearest", farthest)

    assert breached()


def test_a_window_that_is_never_refilled_is_caught(monkeypatch):
    really = Lookup.queries

    def once(self):
        return [] if self.asked else really(self)

    monkeypatch.setattr(Lookup, "queries", once)

    assert breached()


def test_a_lost_renewal_is_caught(monkeypatch):
    monkeypatch.setattr(Publisher, "_renew", lambda self, entry, now: None)

    assert "every live advertised vessel is found by its owner" in breached()


def test_dead_contacts_that_stay_are_caught(monkeypatch):
    monkeypatch.setattr(Doubts, "_drop", lambda self, peer: None)

    assert "a dead contact leaves a table" in breached()


def test_adverts_shown_without_a_sign_of_life_are_caught(monkeypatch):
    def believe(self, advert, now):
        self._tell(advert, alive=True)

    monkeypatch.setattr(Reading, "_on_advert", believe)

    assert "no dead vessel is shown as alive" in breached()


def test_contacts_taken_without_proof_are_caught(monkeypatch):
    really = OverlayNode._notice

    def careless(self, peer, *rest):
        self._parts.admit(Peer(peer.id ^ 1, peer.endpoint), rest[-1])
        return really(self, peer, *rest)

    monkeypatch.setattr(OverlayNode, "_notice", careless)

    assert "every contact is a node at its own address" in breached()


def test_a_join_that_never_ends_is_caught(monkeypatch):
    monkeypatch.setattr(Joining, "_end", lambda self, now: None)

    assert "every join ends" in breached()


def test_adverts_stored_at_one_holder_only_are_caught(monkeypatch):
    really = Publication._store

    def lazy(self, place, depth, peer, now, **named):
        if not self._holders and not self._waiting:
            really(self, place, depth, peer, now, **named)

    monkeypatch.setattr(Publication, "_store", lazy)

    assert any("publish.holders_least" in name for name in breached())
