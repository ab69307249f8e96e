"""The stock package runs over the same links as our overlay."""

from pathlib import Path

from seattle_p2p.sim import baseline
from seattle_p2p.sim.baseline import Baseline
from seattle_p2p.sim.scenario import read_scenario

SMOKE = Path(__file__).parents[2] / "simulations" / "smoke"


def test_stock_servers_find_values_over_simulated_links_and_repeat_with_the_seed():
    one = Baseline(read_scenario(SMOKE), 7).execute()
    two = Baseline(read_scenario(SMOKE), 7).execute()

    assert one == two
    assert one["stock.get_success"] > 0.8
    assert one["stock.get_ms_p50"] > 50


def test_of_the_stock_package_s_datagrams_no_more_are_sent_than_it_may(monkeypatch):
    monkeypatch.setattr(baseline, "MOST_DATAGRAMS_EACH", 45)
    stock = Baseline(read_scenario(SMOKE), 7)

    measures = stock.execute()

    assert stock.world.traffic.sent <= 45 * measures["stock.nodes"]
    assert measures["stock.lost_in_storm"] > 0
    assert measures["stock.set_success"] < 1


def test_no_more_keys_are_set_than_the_stock_package_bears(monkeypatch):
    monkeypatch.setattr(baseline, "MOST_OWNERS", 3)

    measures = Baseline(read_scenario(SMOKE), 7).execute()

    assert measures["stock.owners"] == 3
    assert measures["stock.lost_in_storm"] == 0
