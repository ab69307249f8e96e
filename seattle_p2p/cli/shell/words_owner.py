"""Words that only the owner of a vessel may use, and those about what vessels may use."""

from pathlib import Path

from seattle_p2p.cli.amounts import show_offcuts, show_resources
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.identity.keys import TEXT_LENGTH, PublicKey
from seattle_p2p.vessel.layer_files import read_layer, require_accepted
from seattle_p2p.wire.limits import MAX_USERS
from seattle_p2p.wire.results import VesselInfo

CHAPTER = "Owners"


def _public(turn: Turn, named: str) -> PublicKey:
    """The key of that name here, or written out."""
    if named not in turn.session.identities.names and len(named) >= TEXT_LENGTH:
        return PublicKey.from_text(named)
    return turn.session.identities.find(named).public


async def _set_users(turn: Turn) -> int:
    named = turn.told.all("IDENTITY")
    users = [_public(turn, name) for name in named]
    result = await turn.fan_out(
        lambda me, vessels, report: me.owner.change_users(vessels, users, report=report)
    )
    known, owner = turn.session.known, turn.session.identities.find(turn.identity).public
    for vessel in result.ok:
        for other in turn.session.identities:
            if other.public in users:
                known.take_in(vessel, other.name)
            elif other.public != owner:
                known.lose(vessel, other.name)
    said = f"users are {', '.join(named)} now in" if named else "nobody but the owner uses"
    return turn.finish(result, said=said)


async def _set_owner(turn: Turn) -> int:
    named, keep = turn.told.one("IDENTITY"), turn.told.has("--keep-users")
    owner = _public(turn, named)
    result = await turn.fan_out(
        lambda me, vessels, report: me.owner.change_owner(
            vessels, owner, keep_users=keep, report=report
        )
    )
    known = turn.session.known
    mine = {i.name for i in turn.session.identities if i.public == owner}
    for vessel in result.ok:
        known.lose(vessel, turn.identity)
        for name in mine:
            known.take_in(vessel, name)
    return turn.finish(result, said=f"{named} owns now")


async def _set_ownerinfo(turn: Turn) -> int:
    text = " ".join(turn.told.all("TEXT"))
    return await turn.do(
        lambda me, vessels, report: me.owner.change_information(vessels, text, report=report),
        said=f"labelled {text!r}" if text else "label taken off",
    )


async def _set_advertise(turn: Turn) -> int:
    on = turn.told.has("on")
    return await turn.do(
        lambda me, vessels, report: me.owner.change_advertise(vessels, on, report=report),
        said="found by browsing now:" if on else "not found by browsing any more:",
    )


async def _show_resources(turn: Turn) -> int:
    result: GroupResult[VesselInfo] = await turn.fan_out(
        lambda me, vessels, report: me.status(vessels, report=report)
    )
    if not turn.session.as_json:
        show_resources(result)
    return turn.finish(
        result, value=lambda info: {"restrictions": info.restrictions, "used": info.used}
    )


async def _show_offcut(turn: Turn) -> int:
    result = await turn.fan_out(
        lambda me, vessels, report: me.owner.offcut(vessels, report=report)
    )
    if not turn.session.as_json:
        show_offcuts(result)
    return turn.finish(result, value=lambda text: {"offcut": text})


async def _set_keep_running(turn: Turn) -> int:
    on = turn.told.has("on")
    return await turn.do(
        lambda me, vessels, report: me.keep_running(vessels, on, report=report),
        said="kept running:" if on else "not kept running any more:",
    )


async def _set_layers(turn: Turn) -> int:
    files = turn.told.all("FILE")
    layers = [require_accepted(read_layer(Path(file).expanduser())) for file in files]
    names = ", ".join(layer.name for layer in layers)
    return await turn.do(
        lambda me, vessels, report: me.owner.change_layers(vessels, layers, report=report),
        said=f"from the next start on above {names}:" if names else "no layers from now on:",
    )


WORDS = (
    Word(
        "set keeprunning",
        "on|off",
        "Say whether a program that ends is started again",
        "After a crash of the program or a restart of the machine, with longer and longer "
        "pauses in between. A program that you stop stays stopped.",
        "on lab set keeprunning on",
        _set_keep_running,
        (),
        CHAPTER,
    ),
    Word(
        "set layers",
        "[FILE]...",
        "Put security layers between programs and their calls",
        "A layer may forbid, change or count calls. The first of FILES stands lowest; without "
        "FILES there is none any more. They hold from the next start on, whoever starts.",
        "on lab set layers keep_first_bytes.r2py\non lab set layers",
        _set_layers,
        ("set layer",),
        CHAPTER,
    ),
    Word(
        "set users",
        "[IDENTITY]...",
        "Say who may use vessels, instead of those who might before",
        f"Without names: nobody but the owner. At most {MAX_USERS}. A user may do everything "
        "with programs, files and logs, and nothing with owners and users.",
        "on %1 set users bob carol\non %1 set users",
        _set_users,
        ("set user",),
        CHAPTER,
    ),
    Word(
        "set owner",
        "[--keep-users] IDENTITY",
        "Hand vessels over",
        "Afterwards they are not yours any more. Users go too, unless --keep-users; the label "
        "is taken off; the new owner finds them by browsing at once.",
        "on %1 set owner bob",
        _set_owner,
        (),
        CHAPTER,
    ),
    Word(
        "set ownerinfo",
        "[TEXT]...",
        "Put a label on vessels",
        "One line of at most 256 characters; without TEXT it is taken off.",
        "on lab set ownerinfo course of 2026, group 3",
        _set_ownerinfo,
        (),
        CHAPTER,
    ),
    Word(
        "set advertise",
        "on|off",
        "Say whether vessels are found by browsing",
        "Those who know where a vessel is can use it all the same.",
        "on %1 set advertise off",
        _set_advertise,
        (),
        CHAPTER,
    ),
    Word(
        "show resources",
        "",
        "What vessels may use, and use now",
        "Granted is what the restrictions say; a split divides it.",
        "on %1 show resources",
        _show_resources,
        ("show resource",),
        CHAPTER,
    ),
    Word(
        "show offcut",
        "",
        "What one split costs",
        "Every vessel needs a little for itself. A join gives it back. Each machine is asked.",
        "show offcut",
        _show_offcut,
        (),
        CHAPTER,
    ),
)
