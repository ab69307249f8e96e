"""How an error travels."""

import msgspec

from seattle_p2p.errors import SeattleError, from_wire


class Failed(msgspec.Struct, frozen=True, array_like=True, tag="failed"):
    """An error of `seattle_p2p.errors`, as code, text and next step."""

    code: str
    message: str
    hint: str = ""

    @property
    def error(self) -> SeattleError:
        """The same error, to be raised here."""
        return from_wire(self.code, self.message, self.hint)


def failed(error: SeattleError) -> Failed:
    """`error` for the wire."""
    return Failed(error.code, error.message, error.hint)
