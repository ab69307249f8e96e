"""What a program's author is told about an exception: its own lines, nothing of ours.

Frames are told apart by the name their code was compiled under; no file is ever read for them.
The exception may be of a class that the program made, whose methods say what they like.
"""

import _thread
import sys
import traceback

HIDDEN_PREFIX = "<program> "
"""In front of a program's name in its code objects: no file of ours can be taken for one."""

_MAX_FRAMES = 40
"""Lines of a traceback: its beginning and its end are kept."""

_MAX_TEXT = 4000
"""Characters of an error's own text."""

Texts = dict[str, list[str]]
"""Lines of every program text, by the name its code was compiled under."""


def frames_of(error: BaseException, texts: Texts) -> list[tuple[str, int, str]]:
    """File, line and function of the program's own frames, innermost last."""
    walked = traceback.walk_tb(error.__traceback__)
    return [
        (frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in walked
        if frame.f_code.co_filename in texts
    ]


def line_of(error: BaseException, texts: Texts) -> int:
    """The program's line that was being run; 0 when none was.

    Lines of namespaces that the program made are not meant: its own text came first.
    """
    main = next(iter(texts), "")
    lines = [line for file, line, _ in frames_of(error, texts) if file == main]
    return lines[-1] if lines else 0


def describe(error: BaseException, texts: Texts) -> str:
    """A traceback of the program's own lines."""
    return _written(frames_of(error, texts), summarise(error), texts)


def _written(frames: list[tuple[str, int, str]], summary: str, texts: Texts) -> str:
    if len(frames) > _MAX_FRAMES:
        half = _MAX_FRAMES // 2
        frames = [*frames[:half], ("", 0, "…"), *frames[-half:]]
    lines = ["Traceback of the program's own lines (most recent call last):"]
    for file, line, function in frames:
        name = file.removeprefix(HIDDEN_PREFIX)
        lines.append(f'  File "{name}", line {line}, in {function}' if file else "  …")
        if file and 0 < line <= len(texts[file]):
            lines.append("    " + texts[file][line - 1].strip()[:200])
    return "\n".join([*lines, summary, ""])


class LastErrors:
    """What each thread of a program caught last, as text: an exception that was kept would
    keep everything its frames hold, which may be why there is no memory left.

    Args:
        texts: Lines of every program text.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._caught: dict[int, tuple[list[tuple[str, int, str]], str]] = {}

    def remember(self) -> None:
        """Note the exception that this thread is handling."""
        error = sys.exc_info()[1]
        if error is not None:
            frames = frames_of(error, self._texts)
            self._caught[_thread.get_ident()] = frames, summarise(error)

    def forget(self) -> None:
        """This thread is over."""
        self._caught.pop(_thread.get_ident(), None)

    def text(self) -> str | None:
        """The exception this thread is handling or else caught last; None if there was none."""
        error = sys.exc_info()[1]
        if error is not None:
            return describe(error, self._texts)
        if (found := self._caught.get(_thread.get_ident())) is None:
            return None
        return _written(*found, self._texts)


def summarise(error: BaseException) -> str:
    """Kind and text of an exception; its `__str__` may fail."""
    try:
        text = clean(str(error), _MAX_TEXT)
    except BaseException as worse:
        text = f"(its text failed with {type(worse).__name__})"
    kind = type(error).__name__
    return f"{kind}: {text}" if text else kind


def clean(text: str, most: int) -> str:
    """Exactly a str, of characters that can be sent, not too long."""
    return str.encode(str.__str__(text)[:most], "utf-8", "replace").decode("utf-8")
