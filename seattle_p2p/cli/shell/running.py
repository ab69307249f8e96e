"""Lines become actions: prefixes, lookup, errors, scripts."""

from collections.abc import Iterable
from dataclasses import dataclass

from seattle_p2p.cli import output
from seattle_p2p.cli.main import EXIT_INTERRUPTED, tell
from seattle_p2p.cli.shell.interrupts import Interrupted, cancellable
from seattle_p2p.cli.shell.lines import split
from seattle_p2p.cli.shell.session import Session, Turn, in_shell
from seattle_p2p.cli.shell.words_session import stand
from seattle_p2p.errors import InternalError, SeattleError, UsageError

PREFIXES = ("on", "as")


@dataclass(frozen=True)
class ScriptLine:
    """One line of a script and where it stands."""

    text: str
    source: str
    number: int


async def run_line(session: Session, line: str) -> int:
    """Carry out one line; its exit code. Errors are told, and leave the session usable."""
    try:
        code = await cancellable(lambda: _carry_out(session, line))
        if session.autosave is not None and not session.leaving:
            session.autosave()
        return code
    except SeattleError as error:
        return _tell(session, error)
    except (OSError, UnicodeError) as reason:
        said = getattr(reason, "strerror", "") or str(reason)
        name = getattr(reason, "filename", "") or ""
        return _tell(
            session,
            SeattleError(
                f"{said}: {name}" if name else said,
                hint="is the name right, does the file belong to you? Tab completes names",
            ),
        )
    except Interrupted:
        output.note("")
        output.note("stopped; what vessels were told already, they do")
        return EXIT_INTERRUPTED
    except Exception as reason:  # a mistake of ours must not take the session with it
        return _tell(
            session,
            InternalError(
                f"a mistake in this program: {type(reason).__name__}: {reason}",
                hint="please report it, with the line you typed",
            ),
        )


async def run_script(session: Session, lines: Iterable[ScriptLine], *, echo: bool) -> int:
    """Carry out lines until one fails; the first failure's exit code, 0 without one."""
    first = 0
    for line in lines:
        if echo and line.text.strip():
            output.note(f"{session.prompt}> {line.text.strip()}")
        code = await run_line(session, line.text)
        if code:
            first = first or code
            output.note(f"  in {line.source}, line {line.number}: {line.text.strip()}")
            if session.options.stop_on_error or code == EXIT_INTERRUPTED:
                break
        if session.leaving:
            break
    return first


async def _carry_out(session: Session, line: str) -> int:
    words = split(line, session.variables)
    identity, target, words = read_prefixes(session, words)
    if not words:
        if (identity, target) != (session.identity, session.target):
            stand(session, identity, target)
        return 0
    word, rest = session.table.need(words)
    return await word.action(Turn(session, word, word.read(rest), identity, target))


def read_prefixes(session: Session, words: list[str]) -> tuple[str, str, list[str]]:
    """Who speaks, to which target, and the words behind `as` and `on`.

    Raises:
        UsageError: nobody has that name, or nothing stands behind a prefix.
    """
    identity, target = session.identity, session.target
    while words and words[0] in PREFIXES:
        prefix, *rest = words
        if not rest:
            word, _ = session.table.need([prefix])
            raise UsageError(f"{prefix} what?", hint=f"it is written: {word.written}")
        if prefix == "as":
            identity = session.identities.find(rest[0]).name
        else:
            target = rest[0]
        words = rest[1:]
    return identity, target, words


def _tell(session: Session, error: SeattleError) -> int:
    error.hint = in_shell(error.hint)
    return tell(error, as_json=session.as_json)
