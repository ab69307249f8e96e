"""The programs of `programs/` and what the header of each says; see README.md for its words."""

import ast
import platform
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"

VERDICTS = frozenset(
    {
        "ends",  # exit 0: it came to its end
        "error",  # exit 1: an exception that nobody caught
        "crash",  # exit 1: the interpreter died, and the vessel with it
        "refused",  # exit 3: the language does not allow it
        "stopped",  # exit 4: for exceeding any resource
        "stopped memory",
        "stopped disk",
        "stopped threads",
        "stopped protocol",
        "alive",  # it ran until it was asked to end, and was gone then
    }
)

DEFAULTS = {
    "cpu": "1.0",
    "memory": "30000000",
    "diskused": "1000000",
    "events": "5",
    "filesopened": "5",
    "insockets": "2",
    "outsockets": "2",
    "filewrite": "1000000",
    "fileread": "1000000",
    "netsend": "100000",
    "netrecv": "100000",
    "loopsend": "100000",
    "looprecv": "100000",
    "lograte": "100000",
    "random": "10000",
}
"""What a program is granted unless its header says otherwise."""

PORTS = ("63180", "63181")
"""UDP ports of every program."""


class BadHeader(Exception):
    """A header of the corpus says something that is not understood."""


@dataclass(frozen=True)
class Program:
    """One program and its header."""

    path: Path
    what: str
    kind: str
    expect: tuple[str, ...] = ("ends",)
    source: str = "own"
    control: str = "bare"
    """``bare``: leaves its proof or overrun when run bare; ``root``: when root runs it bare;
    ``maybe`` or ``none``, with the reason."""
    line: int = 0
    restrictions: tuple[tuple[str, str], ...] = ()
    arguments: str = ""
    folder: tuple[str, ...] = ()
    seconds: float = 20.0
    text: str = ""
    """A Python expression for the program's text, where a file cannot well hold it."""
    cpu: float = 0.0
    lograte: float = 0.0
    udprate: float = -1.0
    files: int = 0
    layer: str = ""
    """A security layer among the examples of the package that stands below it."""
    machine: str = ""
    network: str = ""
    prints: tuple[str, ...] = ()
    body: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Folder and name, as in a test's id."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def waits(self) -> bool:
        """True when it is watched for seconds and is mostly held still meanwhile."""
        return "alive" in self.expect or self.cpu > 0

    def program_text(self) -> bytes:
        """The text that is run."""
        if not self.text:
            return self.body.encode()
        made = eval(self.text, {})
        return made if isinstance(made, bytes) else made.encode()

    def restrictions_text(self) -> str:
        """A resource file."""
        amounts = dict(DEFAULTS)
        ports = [("messport", port) for port in PORTS]
        for name, value in self.restrictions:
            if name in ("messport", "connport"):
                ports.append((name, value))
            else:
                amounts[name] = value
        pairs = [*amounts.items(), *ports]
        return "".join(f"resource {name} {value}\n" for name, value in pairs)

    def granted(self, name: str) -> float:
        """An amount of its resource file."""
        return float(dict(self.restrictions).get(name, DEFAULTS[name]))

    @property
    def runs_here(self) -> bool:
        """True unless it was written for another machine."""
        return self.machine in ("", platform.machine())


def load(*folders: str) -> list[Program]:
    """Every program of these folders, in order of their names."""
    paths = [path for folder in folders for path in sorted((PROGRAMS / folder).glob("*.py"))]
    return [read(path) for path in paths]


def read(path: Path) -> Program:
    """Read one program.

    Raises:
        BadHeader: Its header says something that is not understood.
    """
    text = path.read_text("utf-8")
    given: dict[str, object] = {}
    prints: list[str] = []
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        key, colon, value = (line[2:] + " ").partition(": ")
        if not colon:
            raise BadHeader(f"{path.name}: {line!r} is not `key: value`")
        if key == "prints":
            prints.append(value.rstrip())
        else:
            given[_FIELDS.get(key, key)] = _convert(path, key, value.strip())
    try:
        return Program(path=path, body=text, prints=tuple(prints), **given)
    except TypeError as error:
        raise BadHeader(f"{path.name}: {error}") from None


_FIELDS = {"class": "kind"}


def _convert(path: Path, key: str, value: str) -> object:
    if key == "expect":
        words = tuple(word.strip() for word in value.split("|"))
        if unknown := set(words) - VERDICTS:
            raise BadHeader(f"{path.name}: no verdict is called {unknown}")
        return words
    if key == "restrictions":
        pairs = [tuple(part.split()) for part in value.split(",")]
        if any(len(pair) != 2 for pair in pairs):
            raise BadHeader(f"{path.name}: {value!r} is not `name value, name value`")
        return tuple(pairs)
    if key == "folder":
        return tuple(part.strip() for part in value.split(","))
    if key in ("line", "files"):
        return int(value)
    if key in ("seconds", "cpu", "lograte", "udprate"):
        return float(value)
    if key == "text":
        ast.parse(value, mode="eval")
    return value
