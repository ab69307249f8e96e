"""The Python of docs/do/use-python.md runs as it stands, against real donors."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from seattle_p2p.cli.demo_network import DemoNetwork

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "do" / "use-python.md"


def examples():
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
async def network(tmp_path):
    made = DemoNetwork(tmp_path / "network")
    made.open()
    owner = (await made.need("researcher", "keys", "new", "me")).strip()
    seed = await made.start_seed()
    installer = await made.build_installer(owner, seed=seed)
    for name in ("donor-01", "donor-02"):
        await made.add_donor(name, installer)
    assert await made.wait_until_met()
    yield made
    assert await made.close()


async def run(network, text):
    """Run one example where the researcher is; what it printed."""
    home = network.home("researcher")
    contact = network.donors[0].facts["addresses"][0]
    for written, real in (
        ('Path("me.key")', f"Path({str(home / 'keys' / 'me.key')!r})"),
        ('network="seattle"', 'network="demo"'),
        ('"192.0.2.7:4711"', repr(contact)),
    ):
        assert written in text
        text = text.replace(written, real)
    path = home / "example.py"
    path.write_text(text)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", str(path)),
        cwd=home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    return out.decode()


async def test_the_examples_of_the_page_run_in_their_order(network):
    script, groups, many, owners = examples()

    said = await run(network, script)
    assert said.count("hello from") == 4
    assert "{'done'}" in said

    said = await run(network, groups)
    assert "3 hold something" in said
    assert "data.txt" in said
    folders = list((network.home("researcher") / "results").iterdir())
    assert len(folders) == 3

    said = await run(network, many)
    assert said.count(" one\n") == said.count(" two\n") == said.count(" ended\n") == 4
    assert said.count(" s ahead") == 2

    assert "joined again:" in await run(network, owners)
