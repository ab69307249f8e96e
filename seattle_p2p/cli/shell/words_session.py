"""Words about the session itself: on, as, set, help, savestate, loadstate, plug-ins, exit."""

import difflib
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import EXIT_SOME_FAILED
from seattle_p2p.cli.shell.saved import read_state, restore, write_state
from seattle_p2p.cli.shell.session import Session, Turn, number_of
from seattle_p2p.cli.shell.targets import EVERYTHING
from seattle_p2p.cli.shell.topics import TOPICS
from seattle_p2p.cli.shell.words import Action, Word
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keystore import Sealer

CHAPTER = "The session"
MAX_PARALLEL = 1024
WIDTH = 76


def stand(session: Session, identity: str, target: str) -> None:
    """Make these the identity and the target from now on.

    Raises:
        UsageError: they mean nobody, or nothing.
    """
    if identity:
        session.identities.find(identity)
    if target.lower() not in EVERYTHING:
        session.scope(identity).resolve(target)
    session.identity, session.target = identity, target


async def _on_or_as(turn: Turn) -> int:
    raise UsageError(f"{turn.word.name} what?", hint=turn.word.written)


async def _set_variable(turn: Turn) -> int:
    name, value = turn.told.one("VARIABLE"), " ".join(turn.told.all("VALUE"))
    known = turn.session.variables
    settings = turn.session.table.second_words("set")
    near = difflib.get_close_matches(name, settings, n=1, cutoff=0.75)
    if name not in known and near:
        raise UsageError(
            f"there is nothing {name!r} to set",
            hint=f"did you mean `set {near[0]}`? for a variable take a name less like it",
        )
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise UsageError(f"{name!r} is not a name for a variable", hint="letters, digits and _")
    known[name] = value
    return 0


async def _show_variables(turn: Turn) -> int:
    known = turn.session.variables
    if not turn.answer({"variables": known}):
        output.table(("VARIABLE", "VALUE"), [(f"${name}", known[name]) for name in known])
    return 0


async def _echo(turn: Turn) -> int:
    text = " ".join(turn.told.all("TEXT"))
    if not turn.answer({"text": text}):
        click.echo(text)
    return 0


async def _set_timeout(turn: Turn) -> int:
    turn.session.options.timeout_s = number_of(turn.told.one("SECONDS"), 0.01, 1e9)
    return 0


async def _set_parallel(turn: Turn) -> int:
    turn.session.options.parallel = int(number_of(turn.told.one("MACHINES"), 1, MAX_PARALLEL))
    return 0


async def _set_stop(turn: Turn) -> int:
    turn.session.options.stop_on_error = turn.told.has("on")
    return 0


async def _show_settings(turn: Turn) -> int:
    session, options = turn.session, turn.session.options
    settings = {
        "identity": session.identity,
        "target": session.target,
        "network": session.network,
        "timeout": options.timeout_s,
        "parallel": options.parallel,
        "stoponerror": "on" if options.stop_on_error else "off",
        "autosave": "on" if session.autosave else "off",
    }
    if not turn.answer({"settings": settings}):
        output.table(("SETTING", "VALUE"), list(settings.items()))
    return 0


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
        raise UsageError(f"there is no file {path}")
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


async def _help(turn: Turn) -> int:
    topic, table = turn.told.all("TOPIC"), turn.session.table
    name = " ".join(topic)
    if not topic:
        return _help_all(turn)
    if name in TOPICS:
        if not turn.answer({"text": TOPICS[name]}):
            click.echo(TOPICS[name])
        return 0
    seconds = table.second_words(name)
    family = list(dict.fromkeys(table.need([name, second])[0] for second in seconds))
    if not family or table.find(topic) is not None:
        word, rest = table.need(topic)
        if rest:
            raise UsageError(f"there is no help on {name!r}", hint="`help` lists what there is")
        if turn.answer({"words": [_described(w) for w in (word, *family)]}):
            return 0
        _teach(word)
    elif turn.answer({"words": [_described(word) for word in family]}):
        return 0
    if family:
        width = max(len(word.written) for word in family)
        click.echo("")
        for word in family:
            click.echo(f"  {word.written:<{width}}  {word.line}")
    return 0


def _described(word: Word) -> dict[str, object]:
    """A word for JSON."""
    return {
        "name": word.name,
        "usage": word.written,
        "line": word.line,
        "teach": word.teach,
        "example": word.example.splitlines(),
        "also": list(word.also),
    }


def _teach(word: Word) -> None:
    click.echo(f"{word.written}\n")
    click.echo(click.wrap_text(f"{word.line}. {word.teach}", WIDTH, "  ", "  "))
    if word.also:
        click.echo(f"\n  also written: {', '.join(word.also)}")
    click.echo("\n  for example:")
    for line in word.example.splitlines():
        click.echo(f"    {line}")


def _help_all(turn: Turn) -> int:
    table = turn.session.table
    if turn.answer({"words": [_described(word) for word in table]}):
        return 0
    chapters: dict[str, list[Word]] = {}
    for word in table:
        chapters.setdefault(word.chapter, []).append(word)
    for chapter, words in chapters.items():
        click.echo(click.style(chapter, bold=True) if output.colour() else chapter)
        for word in words:
            click.echo(f"  {word.name:<16} {word.line}")
    click.echo("")
    click.echo("`help WORD` says more, with an example. Also: " + ", ".join(TOPICS) + ".")
    return 0


async def _show_plugins(turn: Turn) -> int:
    plugins = turn.session.plugins.all
    if turn.answer(
        {
            "plugins": [
                {
                    "name": p.name,
                    "enabled": p.enabled,
                    "words": [word.name for word in p.words],
                    "problem": p.problem,
                }
                for p in plugins
            ]
        }
    ):
        return 0
    if not plugins:
        output.note("no plug-ins are installed; `help plug-ins` says how to write one")
        return 0
    output.table(
        ("PLUG-IN", "STATE", "WORDS"),
        [
            (
                p.name,
                p.problem or ("on" if p.enabled else "off"),
                ", ".join(w.name for w in p.words) or "-",
            )
            for p in plugins
        ],
    )
    return 0


async def _enable(turn: Turn) -> int:
    plugin = turn.session.plugins.enable(turn.told.one("PLUGIN"))
    output.note(f"{plugin.name} is on: {', '.join(word.name for word in plugin.words)}")
    return 0


async def _disable(turn: Turn) -> int:
    plugin = turn.session.plugins.disable(turn.told.one("PLUGIN"))
    output.note(f"{plugin.name} is off")
    return 0


async def _exit(turn: Turn) -> int:
    turn.session.leaving = True
    return 0


def _word(
    name: str, usage: str, line: str, teach: str, example: str, action: Action, *also: str
) -> Word:
    return Word(name, usage, line, teach, example, action, also, CHAPTER)


WORDS = (
    _word(
        "on",
        "TARGET [COMMAND]...",
        "Say which vessels are meant",
        "Alone: from now on. In front of a command: for that command. A target is %1, 1-3, "
        "all, a group, a vessel's name, or several of these with commas between.",
        "on lab\non %1,%4 list\nas bob on all stop",
        _on_or_as,
    ),
    _word(
        "as",
        "IDENTITY [COMMAND]...",
        "Say who speaks",
        "Alone: from now on. In front of a command: for that command. The vessels of `all` are "
        "those of whoever speaks.",
        "as bob\nas bob browse",
        _on_or_as,
    ),
    _word(
        "set",
        "VARIABLE VALUE...",
        "Give a variable a value",
        "$VARIABLE and ${VARIABLE} stand for it in later lines, outside single quotes; $$ is a "
        "dollar sign.",
        "set program hello.r2py\nrun $program",
        _set_variable,
    ),
    _word(
        "show variables",
        "",
        "All variables",
        "They are saved with the session.",
        "show variables",
        _show_variables,
        "show variable",
    ),
    _word(
        "echo",
        "[TEXT]...",
        "Print words",
        "To see what a variable stands for, or to say something in a script.",
        "echo the program is $program",
        _echo,
    ),
    _word(
        "set timeout",
        "SECONDS",
        "How long one vessel may take for one command",
        "30 unless set. A large upload to a slow machine needs longer.",
        "set timeout 120",
        _set_timeout,
    ),
    _word(
        "set parallel",
        "MACHINES",
        "How many machines are worked on at once",
        "32 unless set. All vessels of one machine share a connection.",
        "set parallel 100",
        _set_parallel,
    ),
    _word(
        "set stoponerror",
        "on|off",
        "Whether a script ends at its first failure",
        "On unless set. A command that failed on some vessels has failed.",
        "set stoponerror off",
        _set_stop,
    ),
    _word(
        "set autosave",
        "on|off [FILE]",
        "Save the session after each command",
        "To autosave_IDENTITY, or FILE. You are asked for a passphrase once.",
        "set autosave on\nset autosave off",
        _set_autosave,
    ),
    _word(
        "show settings",
        "",
        "Who speaks, to whom, and all that can be set",
        "Change them with `set`.",
        "show settings",
        _show_settings,
        "show setting",
        "show timeout",
        "show parallel",
        "show stoponerror",
        "show autosave",
    ),
    _word(
        "savestate",
        "FILE",
        "Save the session, sealed under a passphrase",
        "Vessels, groups, variables, settings. Private keys stay in their own files.",
        "savestate monday.state",
        _save,
    ),
    _word(
        "loadstate",
        "FILE",
        "Go on with a saved session",
        "Every vessel is asked whether it is still there and still yours. Those that are not "
        "are dropped into the group reloadfail and are in no other group any more.",
        "loadstate monday.state\nshow groups",
        _load,
    ),
    _word(
        "show plugins",
        "",
        "Words from other packages",
        "A package gives words by an entry point; see `help plug-ins`.",
        "show plugins",
        _show_plugins,
        "show plugin",
        "show modules",
    ),
    _word(
        "enable",
        "PLUGIN",
        "Switch a plug-in on",
        "It stays on in later sessions.",
        "enable geography",
        _enable,
    ),
    _word(
        "disable",
        "PLUGIN",
        "Switch a plug-in off",
        "It stays off in later sessions.",
        "disable geography",
        _disable,
    ),
    _word(
        "help",
        "[TOPIC]...",
        "Explain a word, with an example",
        "Without TOPIC: all words.",
        "help\nhelp upload\nhelp set\nhelp targets",
        _help,
    ),
    _word(
        "exit",
        "",
        "Leave",
        "Programs in vessels go on. Ctrl-D leaves too.",
        "exit",
        _exit,
        "quit",
    ),
)
