"""`seattle split, join`: vessels out of vessels; shared with the shell's words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import (
    Asked,
    do,
    fan_out_options,
    finish,
    target_argument,
    targets_argument,
)
from seattle_p2p.errors import UsageError

if TYPE_CHECKING:
    from seattle_p2p.experiment.owner import Cut, Joined, Pieces
    from seattle_p2p.experiment.targets import Vessel

SPLIT_WAYS = "split --into COUNT, split --keep PERCENT, or split with a FILE of restrictions"


def read_cut(count: str, percent: str, path: str) -> "Cut":
    """How vessels are to be cut, of three ways to say it.

    Raises:
        UsageError: not exactly one way is given, or it makes no sense.
    """
    from seattle_p2p.experiment.owner import into, keep, parts
    from seattle_p2p.wire.limits import MAX_RESTRICTIONS

    if sum(map(bool, (count, percent, path))) != 1:
        raise UsageError("split how?", hint=SPLIT_WAYS)
    if count:
        return into(_whole_number(count))
    if percent:
        return keep(_whole_number(percent.removesuffix("%")))
    file = Path(path).expanduser()
    if not file.is_file():
        raise UsageError(f"there is no file {path!r}", hint=SPLIT_WAYS)
    with file.open("rb") as restrictions:
        return parts(restrictions.read(MAX_RESTRICTIONS + 1).decode())


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"{text!r} is not a whole number", hint=SPLIT_WAYS)
    return int(text)


def tell_split(pieces: "Mapping[Vessel, Sequence[Vessel]]") -> None:
    """Say what every vessel became; the leftover is the last of its pieces."""
    for old, made in pieces.items():
        *requested, left = [f"%{v.number} {v.name}" for v in made]
        output.note(f"%{old.number} {old.name} → {', '.join(requested)}; leftover {left}")


def pieces_in_json(made: "Pieces") -> dict[str, Any]:
    """What a vessel was cut into."""
    return {"requested": [v.name for v in made.requested], "leftover": made.leftover.name}


def tell_join(made: "Mapping[Vessel, Vessel]", joined: "Joined") -> None:
    """Say what became one, and what stayed alone."""
    for first, new in made.items():
        old = ", ".join(f"%{vessel.number}" for vessel in joined.old[first])
        output.note(f"{old} → %{new.number} {new.name}")
    if joined.alone:
        names = ", ".join(vessel.name for vessel in joined.alone)
        output.note(f"left as they are, alone on their machines: {names}")


def joined_in_json(new: "Vessel") -> dict[str, Any]:
    """The vessel that several became."""
    return {"joined": new.name}


stop_option = click.option("--stop", is_flag=True, help="End programs that run there.")


@click.command()
@target_argument
@click.argument("file", required=False, default="", type=click.Path())
@click.option("--into", "count", default="", metavar="COUNT", help="Equal vessels, 2 to 16.")
@click.option(
    "--keep", "percent", default="", metavar="PERCENT", help="Two, of which one keeps that."
)
@stop_option
@fan_out_options
@output.json_option
def split(
    target: str, file: str, count: str, percent: str, stop: bool, asked: Asked, as_json: bool
) -> None:
    """Make several vessels of each of TARGETS, which you must own.

    FILE has the restrictions of one new vessel, in lines like `resource cpu 0.1`; the rest is
    another vessel. Users and label are inherited; files and logs are lost, and each split costs
    a little (`seattle resources --offcut`). What does not fit is refused, with both numbers.

    \b
        seattle split 3 --into 2
        seattle split all --keep 20%
        seattle split 1-4 small.resources
    """
    if not asked.retry_failed:
        read_cut(count, percent, file)  # before anybody is asked for a passphrase
    path = str(Path(file).absolute()) if file else ""
    result = do(
        "split",
        asked,
        [target] if target else [],
        {"count": count, "percent": percent, "file": path, "stop": "yes" if stop else ""},
        lambda me, vessels, told, report: me.owner.split(
            vessels,
            read_cut(str(told["count"]), str(told["percent"]), str(told["file"])),
            stop=bool(told["stop"]),
            report=report,
        ),
    )
    if not as_json:
        tell_split({old: made.vessels for old, made in result.ok.items()})
    finish("split", result, as_json=as_json, value=pieces_in_json)


@click.command()
@targets_argument
@stop_option
@fan_out_options
@output.json_option
def join(targets: tuple[str, ...], stop: bool, asked: Asked, as_json: bool) -> None:
    """Make one vessel of those of TARGETS that are on one machine, on every machine.

    You must own them all. Users and label come from the first; files and logs are lost; what
    the split cost comes back.

    \b
        seattle join 5 6
        seattle join all --stop
    """
    joins: list[Joined] = []

    async def work(me: Any, vessels: Any, told: Any, report: Any) -> Any:
        joins.append(await me.owner.join(vessels, stop=bool(told["stop"]), report=report))
        return joins[0].result

    result = do("join", asked, targets, {"stop": "yes" if stop else ""}, work)
    if not as_json:
        tell_join(result.ok, joins[0])
    finish("join", result, as_json=as_json, value=joined_in_json)
