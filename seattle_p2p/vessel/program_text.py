"""What a vessel is to run, as its keeper holds it: the program's text and its layers'."""

from collections.abc import Callable
from pathlib import Path

from seattle_p2p.errors import SeattleError
from seattle_p2p.vessel.control import Launch
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.requests import PIECE

MAX_PROGRAM_BYTES = 1024 * 1024
"""A program's text: a thousand times what people write."""


class ProgramText:
    """Read once, handed out in pieces, forgotten when the program's first line comes.

    Args:
        launch: Names the program and carries the layers.
        open_folder: Opens the vessel's files, where the program lies unless it has a path.
    """

    def __init__(self, launch: Launch, open_folder: Callable[[], VesselFolder]) -> None:
        self._launch = launch
        self._text = b""
        self.problem = ""
        """What is wrong with it, if anything."""
        try:
            self._text = self._read(open_folder)
        except (OSError, SeattleError) as error:
            words = error.strerror if isinstance(error, OSError) else error.message
            self.problem = f"the program cannot be read: {words}"
        if len(self._text) > MAX_PROGRAM_BYTES:
            self.problem = f"the program is longer than {MAX_PROGRAM_BYTES} bytes"
        self._size = len(self._text)
        self._text += b"".join(text for _, text in launch.layers)

    @property
    def lines(self) -> int:
        """Lines of what was read; 0 when nothing was."""
        own = self._text[: self._size]
        return own.count(b"\n") + 1 if own else 0

    def job(self) -> list[object]:
        """The fields of a `Job`."""
        launch = self._launch
        above = [(name, len(text)) for name, text in launch.layers]
        return [launch.program, self._size, list(launch.arguments), launch.language, above]

    def piece(self, offset: int) -> bytes:
        """A part of the program's text, and behind it of its layers'."""
        return self._text[max(offset, 0) :][:PIECE]

    def forget(self) -> None:
        """It is not needed any more."""
        self._text = b""

    def _read(self, open_folder: Callable[[], VesselFolder]) -> bytes:
        if self._launch.program_path:
            with Path(self._launch.program_path).open("rb") as file:
                return file.read(MAX_PROGRAM_BYTES + 1)
        with open_folder() as folder:
            return folder.read(self._launch.program, MAX_PROGRAM_BYTES + 1)
