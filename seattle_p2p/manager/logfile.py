"""Where a node manager writes what it has to say: a file that never grows large, and stderr."""

import logging
import logging.handlers
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MOST_BYTES = 1_000_000
_OLDER_FILES = 2
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FactsFormatter(logging.Formatter):
    """``TIME LEVEL logger: message key=value …``: the constant message, then its facts."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback, where there is one, follows."""
        facts = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if not facts:
            return super().format(record)
        told = " ".join(f"{name}={_plain(value)}" for name, value in sorted(facts.items()))
        copy = logging.makeLogRecord(vars(record))
        copy.msg, copy.args = f"{record.getMessage()} {told}", None
        return super().format(copy)


class QuietRotation(logging.handlers.RotatingFileHandler):
    """A rotating file that drops lines rather than bother anyone when the disk is full."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: the node manager's work goes on."""

    def close(self) -> None:
        """Let go of the file, and of lines that found no room."""
        with suppress(OSError):
            super().close()


@contextmanager
def logging_to(path: Path, *, verbose: bool) -> Iterator[None]:
    """Write logs to `path` during the block; warnings go to stderr too, all with `verbose`.

    Raises:
        OSError: the file cannot be made.
    """
    root, ours = logging.getLogger(), logging.getLogger("seattle_p2p")
    file = QuietRotation(path, maxBytes=_MOST_BYTES, backupCount=_OLDER_FILES)
    screen = logging.StreamHandler()
    screen.setLevel(logging.DEBUG if verbose else logging.WARNING)
    for handler in (file, screen):
        handler.setFormatter(FactsFormatter())
        root.addHandler(handler)
    before = ours.level
    ours.setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        yield
    finally:
        ours.setLevel(before)
        for handler in (file, screen):
            root.removeHandler(handler)
            handler.close()


def _plain(value: object) -> str:
    """One word, or a quoted one: a fact from outside cannot forge a line."""
    text = str(value)
    return text if text.isprintable() and " " not in text and text else repr(text)
