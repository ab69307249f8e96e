"""The identities of a session: names for key pairs, or for public halves only."""

import difflib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from seattle_p2p.errors import KeystoreError, UsageError
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.identity.keystore import StoredKey, read_key_file

AskSecret = Callable[[str], Awaitable[str]]
"""Asks the person for a passphrase, given what it is for."""


@dataclass(frozen=True)
class Identity:
    """Somebody with a name in this session.

    Args:
        path: The key file with the private half; None when only the public half is known.
    """

    name: str
    public: PublicKey
    path: Path | None = None
    sealed: bool = False


def identity_of(stored: StoredKey, name: str = "") -> Identity:
    """Who a key file makes one, by its own name unless told."""
    return Identity(name or stored.name, stored.public, stored.path, stored.sealed)


@dataclass
class Identities:
    """Names and the keys behind them; a key file is opened when its private half is needed.

    Args:
        ask: Asks for the passphrase of a sealed key.
        interactive: Whether a person answers, who may mistype.
    """

    ask: AskSecret
    interactive: bool = False
    _known: dict[str, Identity] = field(default_factory=dict)
    _opened: dict[PublicKey, KeyPair] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All names."""
        return list(self._known)

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._known.values())

    def add(self, identity: Identity) -> None:
        """Know somebody; a private half that is known stays known.

        Raises:
            UsageError: the name is another key's.
        """
        old = self._known.get(identity.name)
        if old is not None and old.public != identity.public:
            raise UsageError(
                f"{identity.name!r} is the name of another key already",
                hint=f"give it another: … as {identity.name}2",
            )
        if old is None or old.path is None:
            self._known[identity.name] = identity

    def find(self, name: str) -> Identity:
        """Who has that name.

        Raises:
            UsageError: nobody; the nearest is named.
        """
        found = self._known.get(name)
        if found is not None:
            return found
        near = difflib.get_close_matches(name, self._known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "loadkeys, loadpub or genkeys first"
        raise UsageError(f"nobody is known as {name!r}", hint=hint)

    def name_of(self, public: PublicKey) -> str:
        """The name of a key in this session; its first characters when it has none."""
        named = (i.name for i in self._known.values() if i.public == public)
        return next(named, f"{public.short}…")

    async def open(self, name: str) -> KeyPair:
        """The key pair behind a name; asks for a passphrase if it is sealed.

        Raises:
            UsageError: nobody has that name, or only the public half is known.
            KeystoreError: the file does not open.
        """
        identity = self.find(name)
        if identity.public in self._opened:
            return self._opened[identity.public]
        if identity.path is None:
            raise UsageError(
                f"only the public half of {name} is known here",
                hint=f"load the key file: loadkeys FILE as {name}",
            )
        secret = await self.ask(f"passphrase of {name}") if identity.sealed else ""
        key = read_key_file(identity.path, secret)
        if key.public != identity.public:
            raise KeystoreError(f"{identity.path} holds another key than it did")
        self._opened[identity.public] = key
        return key
