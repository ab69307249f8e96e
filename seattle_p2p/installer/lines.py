"""On which line of a TOML file a value stands: the standard library's reader does not say.

Only for text that `tomllib` has read already, so this scanner checks nothing: it walks the
same grammar (TOML 1.0) and notes where keys, array items and tables begin.
"""

import re
import tomllib

Path = tuple[str | int, ...]
"""Way to a value, as for the data itself: ``("vessel", 0, "users", 2)``."""

_SPACE = re.compile(r"[ \t]*")
_FILLER = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")


def find_lines(text: str) -> dict[Path, int]:
    """Line (from 1) of every key, array item and table of a text that `tomllib` accepts."""
    return _Scanner(text).scan()


def nearest_line(lines: dict[Path, int], path: Path) -> int:
    """Line of `path`, or of what encloses it when it is not there; 0 for the whole file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


class _Scanner:
    """One pass over a text; `_at` is where the next character is read."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        here: Path = ()
        self._skip(_FILLER)
        while self._at < len(self._text):
            if self._peek("["):
                here = self._header()
            else:
                self._pair(here)
            self._skip(_FILLER)
        return self._lines

    def _header(self) -> Path:
        start = self._at
        many = self._peek("[[")
        self._at += 2 if many else 1
        names = self._key()
        self._at += 2 if many else 1
        path: Path = ()
        for name in names[:-1]:
            path = (*path, name)
            self._note(path, start)
            path = self._inside(path)
        path = (*path, names[-1])
        if many:
            self._note(path, start)
            self._tables[path] = self._tables.get(path, -1) + 1
            path = (*path, self._tables[path])
        self._note(path, start)
        return path

    def _inside(self, path: Path) -> Path:
        """Way into the newest table, when `path` is an array of tables."""
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, here: Path) -> None:
        start = self._at
        path = here
        for name in self._key():
            path = (*path, name)
            self._note(path, start)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip(_SPACE)
            if self._peek('"') or self._peek("'"):
                names.append(str(tomllib.loads("k = " + self._take(_STRING))["k"]))
            else:
                names.append(self._take(_BARE_KEY))
            self._skip(_SPACE)
            if not self._peek("."):
                return names
            self._at += 1

    def _value(self, path: Path) -> None:
        if self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        elif self._peek('"') or self._peek("'"):
            self._take(_STRING)
        else:
            self._take(_BARE_VALUE)

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        self._skip(_FILLER)
        while not self._peek("]"):
            self._note((*path, index), self._at)
            self._value((*path, index))
            index += 1
            self._skip(_FILLER)
            if self._peek(","):
                self._at += 1
                self._skip(_FILLER)
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._skip(_FILLER)
        while not self._peek("}"):
            self._pair(path)
            self._skip(_FILLER)
            if self._peek(","):
                self._at += 1
                self._skip(_FILLER)
        self._at += 1

    def _note(self, path: Path, position: int) -> None:
        self._lines.setdefault(path, self._text.count("\n", 0, position) + 1)

    def _peek(self, wanted: str) -> bool:
        return self._text.startswith(wanted, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        assert found, "not a text that tomllib accepts"
        self._at = found.end()
        return found.group()
