"""The link to the broker as the calls use it: arguments are checked before they go out, and a
failure comes back as the exception it names.

Values are checked for their exact types only; what they mean is checked by the broker, which
trusts nothing that comes from here.
"""

from typing import Any

from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.guards import Sealed
from seattle_p2p.vessel.link import Link
from seattle_p2p.vessel.repy_errors import PARENTS
from seattle_p2p.vessel.requests import Failure

_LONGEST_S = 1e12
_LONGEST_TEXT = 4096
"""Characters of a name or an address: far above what any call accepts, far below a packet."""


def make_errors() -> dict[str, type[Exception]]:
    """Repy's exception classes by name; programs may catch, raise and derive from them."""
    classes: dict[str, Any] = {"Exception": Exception}
    for name, parent in PARENTS.items():
        classes[name] = Sealed(
            name, (classes[parent],), {"__module__": "repy", "__slots__": ()}
        )
    del classes["Exception"]
    return classes


class CheckedLink:
    """The way to the broker for one program.

    Every check returns the value in the type that requests have, or raises a
    RepyArgumentError that begins with `what`, the argument's name for people.

    Args:
        link: Carries requests and answers.
    """

    def __init__(self, link: Link) -> None:
        self.errors = make_errors()
        self._link = link

    def ask(self, request: asks.Request) -> Any:
        """The broker's answer, or the exception it names."""
        reply = self._link.ask(request)
        if isinstance(reply, Failure):
            raise self.errors[reply.kind](reply.text)
        return reply.value

    def number(self) -> int:
        """A number for a request."""
        return self._link.number()

    def tell(self, request: asks.Request) -> None:
        """Send what is not answered."""
        self._link.tell(request)

    def refuse(self, text: str) -> Exception:
        """The exception for a bad argument."""
        return self.errors["RepyArgumentError"](text)

    def text(self, value: object, what: str) -> str:
        """Exactly a str."""
        if type(value) is not str:
            raise self.refuse(f"{what} must be a str, not {type(value).__name__}")
        if len(value) > _LONGEST_TEXT or not value.isascii():
            raise self.refuse(f"{what} must be ASCII, at most {_LONGEST_TEXT} characters")
        return value

    def whole(self, value: object, what: str) -> int:
        """Exactly an int that fits 63 bits."""
        if type(value) is not int or not -(2**62) < value < 2**62:
            raise self.refuse(f"{what} must be a whole number")
        return value

    def seconds(self, value: object, what: str) -> float:
        """Exactly an int or a finite float."""
        if (type(value) is int or type(value) is float) and abs(value) < _LONGEST_S:
            return float(value)
        raise self.refuse(f"{what} must be a number of seconds")

    def data(self, value: object, what: str) -> bytes:
        """Text of characters up to U+00FF, bytes or a bytearray, as bytes."""
        if type(value) is str:
            try:
                return value.encode("latin-1")
            except UnicodeEncodeError:
                raise self.refuse(
                    f"{what} holds characters above U+00FF; use .encode('utf-8')"
                ) from None
        if type(value) is bytes or type(value) is bytearray:
            return bytes(value)
        raise self.refuse(f"{what} must be str or bytes, not {type(value).__name__}")
