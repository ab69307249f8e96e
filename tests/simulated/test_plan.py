"""`seattle sim plan`: what a run will cost, before it is run."""

import json

import pytest

from seattle_p2p.cli.main import run
from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.plan import Estimate

SCENARIO = """\
version = 1
[meta]
name = "large"
duration_s = 40
signer = "simulated"
[[nodes]]
name = "seeds"
count = 2
role = "bootstrap"
[[nodes]]
name = "donors"
count = {count}
join_span_s = 10
[network]
latency = "constant"
[workload]
owners = 10
"""


def test_an_estimate_grows_with_the_scenario(tmp_path, capsys):
    seen = []
    for count in (100, 1000):
        path = tmp_path / f"{count}.toml"
        path.write_text(SCENARIO.format(count=count))
        assert run(["sim", "plan", str(path), "--json"]) == 0
        seen.append(json.loads(capsys.readouterr().out))

    small, large = seen
    assert large["messages"] > 10 * small["messages"] > 0
    assert large["memory_bytes"] > small["memory_bytes"]


def test_what_cannot_fit_is_refused_with_what_would():
    tight = Estimate(hosts=1000, messages=1, cpu_s=1, memory_bytes=2**32, free_bytes=2**30)

    with pytest.raises(BadPlan, match="1,000 machines need about 4,096 MiB") as caught:
        tight.require_room()
    assert "250 machines or fewer" in caught.value.hint
