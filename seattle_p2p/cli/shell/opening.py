"""From the command's options to an open session, and what is done in it."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.cli import output
from seattle_p2p.cli.person import DEFAULT_KEY, read_passphrase
from seattle_p2p.cli.places import keys_dir, research_dir, shell_dir
from seattle_p2p.cli.shell.built_in import built_in_words
from seattle_p2p.cli.shell.people import Identities, identity_of
from seattle_p2p.cli.shell.plugins import Plugins
from seattle_p2p.cli.shell.running import ScriptLine, run_script
from seattle_p2p.cli.shell.session import Session
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.identity.keystore import Keystore

MAX_SCRIPT_BYTES = 4 * 1024 * 1024
STDIN = "-"


@dataclass(frozen=True)
class Opening:
    """How the shell was called.

    Args:
        file: A script; ``-`` for stdin.
        commands: Lines to carry out instead.
        echo: Whether lines of scripts are shown.
        key_name: Who speaks first; empty for the only key, or the one named ``me``.
    """

    file: Path | None
    commands: tuple[str, ...]
    echo: bool
    key_name: str
    network: str
    passphrase_file: Path | None
    as_json: bool

    @property
    def interactive(self) -> bool:
        """Whether lines come from a person at a terminal."""
        said = self.file is not None or self.commands
        return not said and not self.as_json and sys.stdin.isatty()

    async def ask(self, what: str) -> str:
        """A passphrase: from the file that was named, or from the person.

        Raises:
            UsageError: there is neither.
        """
        if self.passphrase_file is not None:
            return read_passphrase(self.passphrase_file)
        if not sys.stdin.isatty():
            raise UsageError(f"{what}: nobody is there to ask", hint="--passphrase-file FILE")
        from seattle_p2p.cli.shell.prompt import ask_secret

        return await ask_secret(what)


async def open_shell(opening: Opening) -> int:
    """Open a session, do what was asked, close it; the exit code."""
    session = open_session(opening)
    try:
        if opening.interactive:
            # Here, because scripts need no keyboard, and it takes long to load.
            from seattle_p2p.cli.shell.prompt import converse

            return await converse(session, shell_dir() / "history")
        lines = _lines(opening.file, opening.commands)
        return await run_script(session, lines, echo=opening.echo)
    finally:
        await session.close()


def open_session(opening: Opening) -> Session:
    """A session that knows the keys of this account and the vessels they knew last.

    Raises:
        KeystoreError, UsageError: `key_name` names no key of this account, or several.
    """
    table = built_in_words()
    typed = opening.interactive and opening.passphrase_file is None
    session = Session(
        network=opening.network,
        folder=research_dir(),
        identities=Identities(opening.ask, interactive=typed),
        table=table,
        plugins=Plugins(table, shell_dir() / "plugins.json"),
        as_json=opening.as_json,
    )
    for plugin in session.plugins.all:
        if plugin.problem:
            output.note(f"plug-in {plugin.name} is left out: {plugin.problem}")
    store = Keystore(keys_dir())
    keys = {stored.name: stored for stored in store.list()}
    session.identity = store.find(opening.key_name).name if opening.key_name else _first(keys)
    # Whoever speaks comes first: vessels have the numbers here that they have outside.
    for name in sorted(keys, key=lambda name: name != session.identity):
        session.meet(identity_of(keys[name]))
    return session


def _first(names: Iterable[str]) -> str:
    """Who speaks when nobody was named."""
    known = list(names)
    if DEFAULT_KEY in known:
        return DEFAULT_KEY
    return known[0] if len(known) == 1 else ""


def _lines(file: Path | None, commands: tuple[str, ...]) -> Iterator[ScriptLine]:
    """The lines of a script, of ``-c``, or of stdin as they come.

    Raises:
        SeattleError: the script cannot be read.
    """
    if commands:
        texts = [line for command in commands for line in command.splitlines()]
        yield from (ScriptLine(text, "-c", n) for n, text in enumerate(texts, start=1))
    elif file is None or str(file) == STDIN:
        for number, text in enumerate(sys.stdin, start=1):
            yield ScriptLine(text.rstrip("\n"), "stdin", number)
    else:
        for number, text in enumerate(_read(file).splitlines(), start=1):
            yield ScriptLine(text, str(file), number)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as script:
            data = script.read(MAX_SCRIPT_BYTES + 1)
        if len(data) > MAX_SCRIPT_BYTES:
            raise UsageError(f"{file} is longer than a script may be, {MAX_SCRIPT_BYTES} bytes")
        return data.decode()
    except OSError as reason:
        raise SeattleError(f"cannot read {file}: {reason.strerror}") from reason
    except UnicodeDecodeError as reason:
        raise UsageError(f"{file} is no text: {reason}") from reason
