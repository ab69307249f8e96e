"""Words that keep a session in a file: savestate, loadstate, set autosave."""

from pathlib import Path

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import EXIT_SOME_FAILED
from seattle_p2p.cli.shell.saved import read_state, restore, write_state
from seattle_p2p.cli.shell.session import Session, Turn
from seattle_p2p.cli.shell.words_session import session_word
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keystore import Sealer


async def _save(turn: Turn) -> int:
    path = Path(turn.told.one("FILE")).expanduser()
    sealer = Sealer(await _new_passphrase(turn, path))
    write_state(path, turn.session, sealer)
    output.note(f"saved {len(turn.session.known.everything)} vessels to {path}, sealed")
    return 0


async def _set_autosave(turn: Turn) -> int:
    session = turn.session
    if turn.told.has("off"):
        session.autosave = None
        return 0
    path = Path(turn.told.one("FILE", f"autosave_{session.identity}")).expanduser().absolute()
    sealer = Sealer(await _new_passphrase(turn, path))
    session.autosave = lambda: write_state(path, session, sealer)
    output.note(f"after each command the session is saved to {path}, sealed")
    return 0


async def _new_passphrase(turn: Turn, path: Path) -> str:
    secret = await turn.session.identities.ask(f"passphrase for {path}")
    if not secret:
        raise UsageError("a passphrase is needed: the file says which vessels are yours")
    if turn.session.identities.interactive:
        again = await turn.session.identities.ask("the same again")
        if again != secret:
            raise UsageError("the two passphrases differ; nothing was saved")
    return secret


async def _load(turn: Turn) -> int:
    session = turn.session
    path = Path(turn.told.one("FILE")).expanduser()
    if not path.exists():
        raise UsageError(f"there is no file {path}", hint="`savestate FILE` writes one")
    restore(session, read_state(path, await session.identities.ask(f"passphrase for {path}")))
    alive, dead = await _look_again(session)
    for vessel in dead:
        for name in session.known.people(vessel):
            session.known.lose(vessel, name)
    for name in session.groups.names:
        session.groups.remove(name, dead)
    session.groups.set("reloadgood", alive)
    session.groups.set("reloadfail", dead)
    if not turn.answer({"alive": [v.name for v in alive], "dead": [v.name for v in dead]}):
        output.note(f"{len(alive)} of {len(alive) + len(dead)} vessels answer; you are back")
        for vessel, error in dead.items():
            output.note(f"  %{vessel.number} {vessel.name}: {error.message}")
        if dead:
            output.note("  they are in no group but reloadfail; `browse` finds them again")
    return EXIT_SOME_FAILED if dead else 0


async def _look_again(session: Session) -> tuple[list[Vessel], dict[Vessel, SeattleError]]:
    """Ask every vessel under the keys it is known to obey: those that answer, and why not."""
    alive: dict[Vessel, None] = {}
    dead: dict[Vessel, SeattleError] = {}
    for identity in session.identities.names:
        vessels = [v for v in session.known.of(identity) if v not in alive]
        if not vessels:
            continue
        try:
            me = await session.me(identity)
        except SeattleError as error:
            dead |= dict.fromkeys(vessels, error)
            continue
        result = await me.status(vessels)
        alive |= dict.fromkeys(result.ok)
        dead |= result.failed
    return list(alive), {vessel: error for vessel, error in dead.items() if vessel not in alive}


WORDS = (
    session_word(
        "set autosave",
        "on|off [FILE]",
        "Save the session after each command",
        "To autosave_IDENTITY, or FILE. You are asked for a passphrase once.",
        "set autosave on\nset autosave off",
        _set_autosave,
    ),
    session_word(
        "savestate",
        "FILE",
        "Save the session, sealed under a passphrase",
        "Vessels, groups, variables, settings. Private keys stay in their own files.",
        "savestate monday.state",
        _save,
    ),
    session_word(
        "loadstate",
        "FILE",
        "Go on with a saved session",
        "Every vessel is asked whether it is still there and still yours. Those that are not "
        "are dropped into the group reloadfail and are in no other group any more.",
        "loadstate monday.state\nshow groups",
        _load,
    ),
)
