"""Names of all measures, with their meanings: what bounds and sweeps may ask for."""

from seattle_p2p.sim.codec import message_names

_PERCENTS = (50, 90, 99)
_PLAIN = {
    "nodes.live": "Machines that are up in the end.",
    "join.count": "Joins that came to an end.",
    "join.failed": "Attempts to join that no seed answered.",
    "publish.count": "First adverts that some holder took.",
    "publish.holders_mean": "Holders of an advert, over all rounds of publication.",
    "publish.holders_least": "The fewest holders of any round.",
    "discovery.count": "Looks of owners.",
    "discovery.unfinished": "Those that had no end yet.",
    "discovery.recall": "Live advertised vessels that looks found, as a share.",
    "discovery.precision": "Vessels shown as alive that were alive, as a share.",
    "discovery.dead_shown": "Dead vessels that were shown as alive.",
    "discovery.given_up_mean": "Dead vessels that a look found in records and gave up.",
    "discovery.reads_mean": "Pages of records read for one look.",
    "lookup.count": "Plain lookups of random targets.",
    "lookup.correct": "Peers an oracle names that lookups found, as a share.",
    "lookup.exact": "Lookups that found all of them, as a share.",
    "lookup.requests": "Requests of a lookup.",
    "lookup.hops": "Questions that led to the closest peer, each by the answer before.",
    "table.contacts_mean": "Contacts in a table in the end.",
    "table.stale_share": "Contacts whose machine is down, over the whole run, as a share.",
    "table.stale_share_end": "The same in the end.",
    "table.cut_least": "Nodes that have to fall to part the weakest of 24 pairs, at least.",
    "table.cut_mean": "The same, over all of those pairs.",
    "table.live_dropped_share": "Contacts that left a table and were up all the while.",
    "forget.adverts": "Adverts of machines that went down, followed at their holders.",
    "forget.left_over": "Those of them that are still held in the end.",
    "size.estimate_mean": "Servers that nodes believe there are.",
    "size.error_mean": "By how much they are off, as a share, those who know at all.",
    "churn.departures": "Machines that went away by churn.",
    "churn.returns": "Machines that came back.",
    "traffic.sent": "Datagrams sent.",
    "traffic.delivered": "Datagrams delivered.",
    "traffic.messages_per_node_per_s": "Datagrams a machine sends each second.",
    "traffic.bytes_per_node_per_s": "Octets a machine sends each second.",
    "load.gini_requests": "Gini coefficient of datagrams received: 0 is even.",
    "load.gini_records": "Gini coefficient of adverts held.",
    "commands.served": "Signed commands that were carried out.",
    "commands.refused": "Commands of strangers that were refused.",
    "commands.gone": "Commands to machines that were down.",
}
_PERCENTILES = {
    "join.ms": "Milliseconds until a node has joined.",
    "publish.ms": "Milliseconds until a first advert is with its holders.",
    "discovery.first_ms": "Milliseconds until a look shows a first vessel.",
    "discovery.all_ms": "Milliseconds until it has shown the last that lives.",
    "discovery.done_ms": "Milliseconds until it ends: the dead had their chance.",
    "lookup.ms": "Milliseconds of a plain lookup: until each of the k closest has answered.",
    "lookup.floor_ms": "The slowest round trip to the k closest: no lookup can be quicker.",
    "lookup.stretch": "How many times as long as that a lookup took.",
    "lookup.first_ms": "Milliseconds until the first of the k closest had answered.",
    "lookup.closest_ms": "Milliseconds until the closest of all had answered.",
    "lookup.closest_stretch": "How many times as long as the round trip to it that took.",
    "forget.s": "Seconds from a death until a holder drops the advert.",
}


def measure_names() -> dict[str, str]:
    """Every name a run may have a measure of, with its meaning.

    Times are there when anything was timed, lookups, commands and forgetting when there were
    any.
    """
    names = dict(_PLAIN)
    for name, meaning in _PERCENTILES.items():
        for percent in _PERCENTS:
            names[f"{name}_p{percent}"] = meaning
    for name in message_names():
        names[f"messages.{name}"] = f"{name} datagrams delivered."
    return names
