"""`seattle donor share`: give more or less of this machine from now on."""

from contextlib import closing
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.donor_home import dir_option, home_of, require_platform
from seattle_p2p.cli.donor_words import vessel_entries


@click.command()
@click.argument("percent", type=click.FloatRange(min=0, min_open=True, max=100), required=False)
@click.option(
    "--network-rate",
    type=click.IntRange(0),
    metavar="BYTES",
    help="Bytes per second that all vessels may send, and receive.",
)
@dir_option
@output.json_option
def share(
    percent: float | None, network_rate: int | None, folder: Path | None, as_json: bool
) -> None:
    """Give PERCENT of this machine from now on, instead of what was given before.

    Every vessel keeps its part of the whole, and its ports. Programs that run keep what they
    have until they are started the next time. The network is not measured: it is what you say.

    \b
        seattle donor share 20
        seattle donor share 5 --network-rate 100000
    """
    require_platform()
    from seattle_p2p.manager.ledger import Ledger
    from seattle_p2p.manager.shares import change_share

    home = home_of(folder)
    if percent is None:
        home.require_installed()
        with closing(Ledger(home.ledger, create=False)) as ledger:
            percent = ledger.settings().percent
    changed = change_share(home, percent, network_bytes_per_s=network_rate)
    if as_json:
        output.document(
            {
                "before": changed.before,
                "percent": changed.percent,
                "vessels": vessel_entries(changed.vessels),
            }
        )
        return
    rows = [
        (name, f"{a.cpu:g}", a.memory, a.disk, len(a.messport)) for name, a in changed.vessels
    ]
    output.table(("VESSEL", "CORES", "MEMORY", "DISK", "PORTS"), rows)
    output.note(f"{changed.percent:g} % of this machine, {changed.before:g} % before")
    output.note("programs that run keep what they have until they are started the next time")
