"""Security layers as files of people: read, named and looked at before they go anywhere."""

from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.errors import ProgramRefused, UsageError
from seattle_p2p.vessel.folder import is_file_name
from seattle_p2p.vessel.language import compile_program
from seattle_p2p.wire.limits import MAX_LAYER_BYTES


@dataclass(frozen=True, slots=True)
class Layer:
    """A security layer: what it is called, and its text."""

    name: str
    text: bytes


def read_layer(path: str | Path) -> Layer:
    """A layer from its file; whether the language takes it is not looked at.

    Raises:
        UsageError: It cannot be read, is too long, or cannot be called as its file is.
    """
    place = Path(path)
    try:
        with place.open("rb") as file:
            text = file.read(MAX_LAYER_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the layer {path} cannot be read: {error.strerror}") from error
    if len(text) > MAX_LAYER_BYTES:
        raise UsageError(f"the layer {path} is longer than {MAX_LAYER_BYTES} bytes")
    if not is_file_name(place.name):
        raise UsageError(
            f"a layer cannot be called {place.name!r}",
            hint="rename the file: 1 to 120 of a-z 0-9 . _ -",
        )
    return Layer(place.name, text)


def require_accepted(layer: Layer) -> Layer:
    """The layer itself, when the language takes it: better told now than at every start.

    Raises:
        UsageError: It does not, with the line.
    """
    try:
        compile_program(layer.text, layer.name)
    except ProgramRefused as refusal:
        raise UsageError(
            f"the layer {layer.name} is refused as unsafe (line {refusal.line}): "
            f"{refusal.message}"
        ) from None
    return layer
