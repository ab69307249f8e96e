"""Words about the session itself: on, as, set, show settings, echo, exit."""

import difflib

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.session import Session, Turn, number_of
from seattle_p2p.cli.shell.targets import EVERYTHING
from seattle_p2p.cli.shell.words import Action, Word
from seattle_p2p.errors import UsageError

CHAPTER = "The session"
MAX_PARALLEL = 1024


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
    near = [setting for setting in settings if len(name) > 1 and setting.startswith(name)]
    near = near or difflib.get_close_matches(name, settings, n=1, cutoff=0.75)
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


async def _exit(turn: Turn) -> int:
    turn.session.leaving = True
    return 0


def session_word(
    name: str, usage: str, line: str, teach: str, example: str, action: Action, *also: str
) -> Word:
    """A word of this chapter; arguments as for `Word`."""
    return Word(name, usage, line, teach, example, action, also, CHAPTER)


WORDS = (
    session_word(
        "on",
        "TARGET [COMMAND]...",
        "Say which vessels are meant",
        "Alone: from now on. In front of a command: for that command. A target is %1, 1-3, "
        "all, a group, a vessel's name, or several of these with commas between.",
        "on lab\non %1,%4 list\nas bob on all stop",
        _on_or_as,
    ),
    session_word(
        "as",
        "IDENTITY [COMMAND]...",
        "Say who speaks",
        "Alone: from now on. In front of a command: for that command. The vessels of `all` are "
        "those of whoever speaks.",
        "as bob\nas bob browse",
        _on_or_as,
    ),
    session_word(
        "set",
        "VARIABLE VALUE...",
        "Give a variable a value",
        "$VARIABLE and ${VARIABLE} stand for it in later lines, outside single quotes; $$ is a "
        "dollar sign.",
        "set program hello.r2py\nrun $program",
        _set_variable,
    ),
    session_word(
        "show variables",
        "",
        "All variables",
        "They are saved with the session.",
        "show variables",
        _show_variables,
        "show variable",
    ),
    session_word(
        "echo",
        "[TEXT]...",
        "Print words",
        "To see what a variable stands for, or to say something in a script.",
        "echo the program is $program",
        _echo,
    ),
    session_word(
        "set timeout",
        "SECONDS",
        "How long one vessel may take for one command",
        "30 unless set. A large upload to a slow machine needs longer.",
        "set timeout 120",
        _set_timeout,
    ),
    session_word(
        "set parallel",
        "MACHINES",
        "How many machines are worked on at once",
        "32 unless set. All vessels of one machine share a connection.",
        "set parallel 100",
        _set_parallel,
    ),
    session_word(
        "set stoponerror",
        "on|off",
        "Whether a script ends at its first failure",
        "On unless set. A command that failed on some vessels has failed.",
        "set stoponerror off",
        _set_stop,
    ),
    session_word(
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
    session_word(
        "exit",
        "",
        "Leave",
        "Programs in vessels go on. Ctrl-D leaves too.",
        "exit",
        _exit,
        "quit",
    ),
)
