"""The stock package runs over the same links as our overlay."""

from pathlib import Path

from seattle_p2p.sim.baseline import Baseline
from seattle_p2p.sim.scenario import read_scenario

SMOKE = Path(__file__).parents[2] / "simulations" / "smoke"


def test_stock_servers_find_values_over_simulated_links_and_repeat_with_the_seed():
    one = Baseline(read_scenario(SMOKE), 7).execute()
    two = Baseline(read_scenario(SMOKE), 7).execute()

    assert one == two
    assert one["stock.get_success"] > 0.8
    assert one["stock.get_ms_p50"] > 50
