"""Words from other packages: entry points of the group `seattle_p2p.shell_words`.

An entry point names a list of `Word`s, or a function that returns one:

    [project.entry-points."seattle_p2p.shell_words"]
    geography = "my_package.words:WORDS"

A plug-in that breaks or clashes is left out whole, with the reason; the shell goes on.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from seattle_p2p.cli.shell.words import Table, Word
from seattle_p2p.errors import SeattleError, UsageError

GROUP = "seattle_p2p.shell_words"


@dataclass
class Plugin:
    """One of them. `problem` says why it has no words though it is enabled."""

    entry: EntryPoint
    words: tuple[Word, ...] = ()
    enabled: bool = True
    problem: str = ""

    @property
    def name(self) -> str:
        """What its package calls it."""
        return self.entry.name


class Plugins:
    """The plug-ins installed in this Python, and which of them are switched off.

    Args:
        table: Their words go there.
        path: Remembers what was switched off; nothing does without one.
        entries: Those of this Python when not given.
    """

    def __init__(
        self, table: Table, path: Path | None, entries: Iterable[EntryPoint] | None = None
    ) -> None:
        self._table = table
        self._path = path
        found = entry_points(group=GROUP) if entries is None else entries
        self._plugins = {entry.name: Plugin(entry) for entry in found}
        off = self._read()
        for plugin in self._plugins.values():
            if plugin.name in off:
                plugin.enabled = False
            else:
                self._load(plugin)

    @property
    def all(self) -> list[Plugin]:
        """All of them, by name."""
        return [self._plugins[name] for name in sorted(self._plugins)]

    def enable(self, name: str) -> Plugin:
        """Switch one on, now and from now on.

        Raises:
            UsageError: there is none of that name, or it cannot be used: why.
        """
        plugin = self._find(name)
        if not plugin.enabled or plugin.problem:
            plugin.enabled = True
            self._load(plugin)
            self._write()
        if plugin.problem:
            raise UsageError(f"plug-in {name}: {plugin.problem}")
        return plugin

    def disable(self, name: str) -> Plugin:
        """Switch one off, now and from now on.

        Raises:
            UsageError: there is none of that name.
        """
        plugin = self._find(name)
        for word in plugin.words:
            self._table.drop(word)
        plugin.enabled, plugin.words, plugin.problem = False, (), ""
        self._write()
        return plugin

    def _find(self, name: str) -> Plugin:
        if name not in self._plugins:
            there = ", ".join(sorted(self._plugins)) or "none is installed"
            raise UsageError(f"there is no plug-in {name!r} ({there})")
        return self._plugins[name]

    def _load(self, plugin: Plugin) -> None:
        plugin.problem = ""
        try:
            found = plugin.entry.load()
            words = tuple(found() if callable(found) else found)
            if not words or not all(isinstance(word, Word) for word in words):
                raise UsageError("it gives no list of words")
            self._require_new(words)
        except Exception as reason:  # somebody else's code: whatever it does, the shell goes on
            said = reason.message if isinstance(reason, SeattleError) else repr(reason)
            plugin.problem = said
            return
        for word in words:
            self._table.add(word)
        plugin.words = words

    def _require_new(self, words: tuple[Word, ...]) -> None:
        owners = {w.name: p.name for p in self._plugins.values() for w in p.words}
        taken = set(self._table.names)
        for word in words:
            for name in (word.name, *word.also):
                if name in taken:
                    held = self._table.find(name.split())
                    owner = owners.get(held[0].name) if held else None
                    whose = f"plug-in {owner}" if owner else "the shell itself"
                    raise UsageError(f"its word {name!r} is one of {whose} already")
                taken.add(name)

    def _read(self) -> set[str]:
        if self._path is None or not self._path.exists():
            return set()
        try:
            content = json.loads(self._path.read_bytes())
            return {str(name) for name in content["off"]}
        except (OSError, ValueError, KeyError, TypeError) as reason:
            raise SeattleError(
                f"{self._path} is damaged", hint="remove it; all plug-ins are on then"
            ) from reason

    def _write(self) -> None:
        if self._path is None:
            return
        off = sorted(plugin.name for plugin in self._plugins.values() if not plugin.enabled)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.write_text(json.dumps({"off": off}))
        except OSError as reason:
            raise SeattleError(f"cannot write {self._path}: {reason.strerror}") from reason
