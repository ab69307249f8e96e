"""The prompt: keyboard, history, completion, passphrases. Imported only when there is one."""

import contextlib
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Style

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.completion import ShellCompleter
from seattle_p2p.cli.shell.running import run_line
from seattle_p2p.cli.shell.session import NOBODY, Session
from seattle_p2p.errors import UsageError

STYLE = Style.from_dict({"who": "ansicyan bold", "where": "ansigreen bold", "mark": "bold"})


class QuietHistory(FileHistory):
    """Lines of earlier sessions; keeps none that begin with a blank."""

    def store_string(self, string: str) -> None:
        """Add a line to the file."""
        if not string.startswith(" "):
            super().store_string(string)


async def converse(session: Session, history: Path) -> int:
    """Read lines and carry them out until the person leaves."""
    history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    history.touch(mode=0o600)
    prompt: PromptSession[str] = PromptSession(
        history=QuietHistory(str(history)),
        completer=ShellCompleter(session),
        complete_while_typing=False,
        complete_style=CompleteStyle.MULTI_COLUMN,
        auto_suggest=AutoSuggestFromHistory(),
        style=STYLE,
        enable_open_in_editor=False,
    )
    _welcome(session)
    while not session.leaving:
        try:
            line = await prompt.prompt_async(_shown(session))
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        await run_line(session, line)
    return 0


async def ask_secret(what: str) -> str:
    """Ask for a passphrase; what is typed is not shown.

    Raises:
        UsageError: nothing was given.
    """
    asking: PromptSession[str] = PromptSession()
    with contextlib.suppress(KeyboardInterrupt, EOFError):
        return await asking.prompt_async(f"{what}: ", is_password=True)
    raise UsageError("no passphrase was given")


def _shown(session: Session) -> FormattedText:
    return FormattedText(
        [
            ("class:who", session.identity or NOBODY),
            ("", "@"),
            ("class:where", session.target),
            ("class:mark", "> "),
        ]
    )


def _welcome(session: Session) -> None:
    count = len(session.known.everything)
    known = (
        f"{count} vessels known" if count else "no vessels known yet: `browse KEY@HOST:PORT`"
    )
    output.note(f"seattle shell on network {session.network!r}; {known}")
    if not session.identity:
        output.note("you are nobody yet: `genkeys me` makes a key pair")
    output.note("`help` lists the words, Tab completes, Ctrl-C stops a command, Ctrl-D leaves")
