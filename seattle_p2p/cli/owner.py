"""`seattle users, owner, info, advertise, keep-running, resources`: whose vessels are."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.amounts import show_offcuts, show_resources
from seattle_p2p.cli.browse import state_of, why
from seattle_p2p.cli.fanout import (
    Arguments,
    Asked,
    do,
    fan_out_options,
    finish,
    target_argument,
    targets_argument,
)
from seattle_p2p.cli.person import complete_keys, public_key
from seattle_p2p.errors import UsageError

if TYPE_CHECKING:
    from seattle_p2p.experiment.group import GroupResult
    from seattle_p2p.wire.results import VesselInfo

on_or_off = click.argument("setting", required=False, type=click.Choice(["on", "off"]))


def people_of(info: "VesselInfo") -> dict[str, Any]:
    """What a vessel's owner set, for JSON."""
    from seattle_p2p.identity.keys import PublicKey

    return {
        "owner": PublicKey(info.owner).text,
        "users": [PublicKey(user).text for user in info.users],
        "information": info.information,
        "advertise": info.advertise,
        "keep_running": info.keep_running,
        "security_layers": list(info.security_layers),
    }


def facts_of(info: "VesselInfo", name_of: Callable[[bytes], str]) -> dict[str, str]:
    """What is known of a vessel, in words.

    Args:
        name_of: What a key is called here.
    """
    for_s = f" for {info.for_s:.0f} s" if info.for_s >= 0 else ""
    ended = f" ({why(info)})" if info.cause else ""
    users = "only the owner knows" if info.role == "user" else None
    return {
        "state": f"{info.state}{for_s}{ended}",
        "program": " ".join((info.program, *info.arguments)) or "-",
        "kept running": "yes" if info.keep_running else "no",
        "layers": ", ".join(info.security_layers) or "-",
        "you are": info.role,
        "owner": name_of(info.owner),
        "users": users or ", ".join(map(name_of, info.users)) or "-",
        "information": info.information or "-",
        "advertised": "yes" if info.advertise else "no",
        "log": f"{info.log_start} to {info.log_end}",
    }


def _asked_all(targets: tuple[str, ...], asked: Asked) -> tuple[str, ...]:
    return targets or (() if asked.retry_failed else ("all",))


def _look(command: str, targets: tuple[str, ...], asked: Asked) -> "GroupResult[VesselInfo]":
    return do(
        command,
        asked,
        _asked_all(targets, asked),
        {},
        lambda me, vessels, _, report: me.status(vessels, report=report),
    )


def _here(raw: bytes) -> str:
    """A key by the name it has in this account, or its first characters."""
    from seattle_p2p.cli.places import keys_dir
    from seattle_p2p.identity.keys import PublicKey
    from seattle_p2p.identity.keystore import Keystore

    public = PublicKey(raw)
    named = (key.name for key in Keystore(keys_dir()).list() if key.public == public)
    return next(named, f"{public.short}…")


@click.command()
@targets_argument
@click.option(
    "--label", metavar="TEXT", help="Put this line on them instead; '' takes it off (owner)."
)
@fan_out_options
@output.json_option
def info(targets: tuple[str, ...], label: str | None, asked: Asked, as_json: bool) -> None:
    """All that is known of TARGETS (default: all): state, people, label, log.

    \b
        seattle info 3
        seattle info 1-4 --label "course of 2026, group 3"
    """
    if label is not None:
        result = do(
            "info",
            asked,
            targets,
            {"label": label},
            lambda me, vessels, told, report: me.owner.change_information(
                vessels, str(told["label"]), report=report
            ),
        )
        said = f"labelled {label!r}:" if label else "label taken off:"
        finish("info", result, as_json=as_json, said=said)
    found = _look("info", targets, asked)
    if not as_json:
        for vessel, known in found.ok.items():
            click.echo(f"%{vessel.number} {vessel.name} at {', '.join(vessel.endpoints)}")
            for name, value in facts_of(known, _here).items():
                click.echo(f"    {name:<12} {output.harmless(value)}")
    finish("info", found, as_json=as_json, value=lambda i: state_of(i) | people_of(i))


@click.command()
@target_argument
@click.argument("keys", nargs=-1, shell_complete=complete_keys)
@click.option("--nobody", is_flag=True, help="Leave nobody but the owner.")
@fan_out_options
@output.json_option
def users(
    target: str, keys: tuple[str, ...], nobody: bool, asked: Asked, as_json: bool
) -> None:
    """Show who may use TARGETS, or say it: KEYS instead of those who might before.

    A key is written out, or the name of one of yours. At most 16. Users do everything with
    programs, files and logs; only the owner splits, joins, hands over and names users.

    \b
        seattle users 3
        seattle users 1-4 bob 7fj2…   (56 characters, as `seattle keys show` prints them)
        seattle users all --nobody
    """
    if keys and nobody:
        raise UsageError("KEYS and --nobody do not go together", hint="give one of them")
    if not keys and not nobody and not asked.retry_failed:
        _show_people("users", target, asked, as_json)
    texts = [public_key(key).text for key in keys]
    told: Arguments = {"users": texts, "nobody": "yes" if nobody else ""}
    from seattle_p2p.identity.keys import PublicKey

    result = do(
        "users",
        asked,
        [target] if target else [],
        told,
        lambda me, vessels, told, report: me.owner.change_users(
            vessels, [PublicKey.from_text(text) for text in told["users"]], report=report
        ),
    )
    said = "nobody but the owner uses" if nobody else f"users are {', '.join(keys)} now in"
    finish("users", result, as_json=as_json, said=said.replace("  ", " "))


@click.command()
@target_argument
@click.argument("key", required=False, default="", shell_complete=complete_keys)
@click.option("--keep-users", is_flag=True, help="Let those use it who may now.")
@fan_out_options
@output.json_option
def owner(target: str, key: str, keep_users: bool, asked: Asked, as_json: bool) -> None:
    """Show who owns TARGETS, or hand them over to KEY.

    Afterwards they are not yours any more. Users and label go too; the new owner finds them by
    browsing at once.

    \b
        seattle owner 3
        seattle owner 3 bob --keep-users
    """
    if not key and not asked.retry_failed:
        _show_people("owner", target, asked, as_json)
    from seattle_p2p.identity.keys import PublicKey

    result = do(
        "owner",
        asked,
        [target] if target else [],
        {
            "owner": public_key(key).text if key else "",
            "keep_users": "yes" if keep_users else "",
        },
        lambda me, vessels, told, report: me.owner.change_owner(
            vessels,
            PublicKey.from_text(str(told["owner"])),
            keep_users=bool(told["keep_users"]),
            report=report,
        ),
    )
    finish("owner", result, as_json=as_json, said=f"{key or 'the new owner'} owns now")


def _show_people(fact: str, target: str, asked: Asked, as_json: bool) -> None:
    """One fact about the people of each vessel; ends the command."""
    result = _look(fact, (target,) if target else (), asked)
    if not as_json:
        rows = [
            (v.number, v.name, facts_of(known, _here)[fact]) for v, known in result.ok.items()
        ]
        output.table(("%", "VESSEL", fact.upper()), rows)
    finish(fact, result, as_json=as_json, value=people_of)


@click.command()
@target_argument
@on_or_off
@fan_out_options
@output.json_option
def advertise(target: str, setting: str | None, asked: Asked, as_json: bool) -> None:
    """Say whether TARGETS are found by browsing (owner).

    Those who know where a vessel is can use it all the same.

    \b
        seattle advertise 3 off
    """
    result = do(
        "advertise",
        asked,
        [target] if target else [],
        {"setting": _need_setting("advertise", setting, asked)},
        lambda me, vessels, told, report: me.owner.change_advertise(
            vessels, told["setting"] == "on", report=report
        ),
    )
    said = "not found by browsing any more:" if setting == "off" else "found by browsing now:"
    finish("advertise", result, as_json=as_json, said=said)


@click.command("keep-running")
@target_argument
@on_or_off
@fan_out_options
@output.json_option
def keep_running(target: str, setting: str | None, asked: Asked, as_json: bool) -> None:
    """Say whether programs in TARGETS that end by no one's wish are started again.

    After a crash of the program or a restart of the machine, with longer and longer pauses. A
    program that you stop stays stopped.

    \b
        seattle keep-running all on
    """
    result = do(
        "keep-running",
        asked,
        [target] if target else [],
        {"setting": _need_setting("keep-running", setting, asked)},
        lambda me, vessels, told, report: me.keep_running(
            vessels, told["setting"] == "on", report=report
        ),
    )
    said = "not kept running any more:" if setting == "off" else "kept running:"
    finish("keep-running", result, as_json=as_json, said=said)


def _need_setting(command: str, setting: str | None, asked: Asked) -> str:
    if not setting and not asked.retry_failed:
        raise UsageError("on or off?", hint=f"it is written: seattle {command} TARGETS on|off")
    return setting or ""


@click.command()
@targets_argument
@click.option("--offcut", is_flag=True, help="Show what one split costs on each machine.")
@fan_out_options
@output.json_option
def resources(targets: tuple[str, ...], offcut: bool, asked: Asked, as_json: bool) -> None:
    """What TARGETS (default: all) may use, and use now.

    \b
        seattle resources 3
        seattle resources all --offcut
    """
    if offcut:
        costs = do(
            "resources",
            asked,
            _asked_all(targets, asked),
            {},
            lambda me, vessels, _, report: me.owner.offcut(vessels, report=report),
        )
        if not as_json:
            show_offcuts(costs)
        finish("resources", costs, as_json=as_json, value=lambda text: {"offcut": text})
    result = _look("resources", targets, asked)
    if not as_json:
        show_resources(result)
    finish(
        "resources",
        result,
        as_json=as_json,
        value=lambda known: {"restrictions": known.restrictions, "used": known.used},
    )
