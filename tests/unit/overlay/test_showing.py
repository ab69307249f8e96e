"""What people are shown of a routing table."""

from seattle_p2p.overlay.params import Params
from tests.support.carried import Carrier


def test_every_contact_is_shown_in_its_bucket_far_ones_first():
    net = Carrier()
    servers = net.add_joined(40, params=Params(k=4))
    core = net.nodes[servers[7]]

    table = core.view_table(net.now)

    shown = [contact for bucket in table.buckets for contact in bucket.contacts]
    assert {contact.id for contact in shown} == {f"{peer.id:040x}" for peer in core.peers()}
    assert {contact.address for contact in shown} == {str(p.endpoint) for p in core.peers()}
    assert [bucket.own for bucket in table.buckets] == [False] * (len(table.buckets) - 1) + [
        True
    ]
    depths = [bucket.shared_bits for bucket in table.buckets]
    assert depths == sorted(depths)
    for bucket in table.buckets[:-1]:
        assert {contact.shared_bits for contact in bucket.contacts} <= {bucket.shared_bits}
    for contact in table.buckets[-1].contacts:
        assert contact.shared_bits >= table.buckets[-1].shared_bits


def test_times_are_of_the_moment_that_is_shown():
    net = Carrier()
    servers = net.add_joined(5, params=Params(k=8))

    contacts = [
        contact
        for bucket in net.nodes[servers[2]].view_table(net.now).buckets
        for contact in bucket.contacts
    ]

    assert all(contact.round_trip_ms == 2.0 for contact in contacts if contact.round_trip_ms)
    assert any(contact.round_trip_ms for contact in contacts)
    assert all(0 <= contact.heard_s <= 120 for contact in contacts)
