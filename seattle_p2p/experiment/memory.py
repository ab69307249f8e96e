"""What a researcher's machine remembers between commands: vessels, peers, what failed last.

One JSON file for each network and key, replaced whole. A vessel keeps its number for ever, so
that `3` means tomorrow what it means today.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.identity.private_files import replace_private_file

MAX_CONTACTS = 64
"""Peers remembered for joining: one alive is enough; a few dozen outlive much churn."""

MAX_FILE_BYTES = 16 * 1024 * 1024
"""Some hundred thousand vessels; numbers of those that are gone are forgotten before that."""


def network_prefix(network: str) -> str:
    """How the names of all files about a network begin."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in network) + "-"


def memory_name(network: str, person: PublicKey) -> str:
    """What the file is called in which a person's vessels on a network are remembered."""
    return f"{network_prefix(network)}{person.short}.json"


def contacts_of(folder: Path, network: str) -> list[str]:
    """Peers of a network that anybody of this account remembers."""
    files = sorted(folder.glob(f"{network_prefix(network)}*.json"))
    return list(dict.fromkeys(text for file in files for text in Memory(file).contacts))


class KnownVessel(msgspec.Struct, frozen=True):
    """One vessel as it is written down."""

    number: int
    node: str
    id: str
    endpoints: tuple[str, ...]


class LastCommand(msgspec.Struct, frozen=True):
    """What a command was told, and the names of the vessels it failed on."""

    arguments: dict[str, str | list[str]]
    failed: tuple[str, ...]


class Content(msgspec.Struct, frozen=True):
    """The whole file."""

    seattle_research: int = 1
    next_number: int = 1
    numbers: dict[str, int] = {}
    vessels: tuple[KnownVessel, ...] = ()
    contacts: tuple[str, ...] = ()
    last: dict[str, LastCommand] = {}


class Memory:
    """The remembered things of one key on one network.

    Args:
        path: The file; it need not exist yet. Its folder is made with mode 0700. Without one,
            everything is forgotten with this object.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._content = Content()

    @property
    def vessels(self) -> list[Vessel]:
        """Known vessels by number."""
        known = self._read().vessels
        return [Vessel(v.number, PublicKey.from_text(v.node), v.id, v.endpoints) for v in known]

    @property
    def contacts(self) -> list[str]:
        """Peers to join through, the latest first, as ``HOST:PORT`` or ``KEY@HOST:PORT``."""
        return list(self._read().contacts)

    def remember_vessels(
        self, found: Iterable[tuple[PublicKey, str, tuple[str, ...]]]
    ) -> list[Vessel]:
        """Make `found` (node, id, endpoints) the known vessels; numbers given once stay."""
        old = self._read()
        numbers, following, vessels = dict(old.numbers), old.next_number, []
        for node, vessel_id, endpoints in found:
            place = f"{node.text}:{vessel_id}"
            if place not in numbers:
                numbers[place], following = following, following + 1
            vessels.append(KnownVessel(numbers[place], node.text, vessel_id, tuple(endpoints)))
        self._write(
            msgspec.structs.replace(
                old,
                numbers=numbers,
                next_number=following,
                vessels=tuple(sorted(vessels, key=lambda vessel: vessel.number)),
            )
        )
        return self.vessels

    def remember_contacts(self, contacts: Iterable[str]) -> None:
        """Put `contacts` in front of those remembered."""
        old = self._read()
        kept = tuple(dict.fromkeys([*contacts, *old.contacts]))[:MAX_CONTACTS]
        if kept != old.contacts:
            self._write(msgspec.structs.replace(old, contacts=kept))

    def remember_command(
        self, name: str, arguments: Mapping[str, str | list[str]], failed: Iterable[Vessel]
    ) -> None:
        """Note what command `name` was told and where it failed, for `--retry-failed`."""
        old = self._read()
        last = LastCommand(dict(arguments), tuple(vessel.name for vessel in failed))
        self._write(msgspec.structs.replace(old, last=old.last | {name: last}))

    def last_command(self, name: str) -> LastCommand:
        """What command `name` was told the last time.

        Raises:
            UsageError: it never ran, or failed nowhere.
        """
        last = self._read().last.get(name)
        if last is None:
            raise UsageError(
                f"there was no `{name}` yet that could be tried again",
                hint=f"say what to do: seattle {name} TARGETS …",
            )
        if not last.failed:
            raise UsageError(
                f"the last `{name}` failed nowhere: nothing to try again",
                hint="`seattle list` shows how vessels are",
            )
        return last

    def _read(self) -> Content:
        if self.path is None:
            return self._content
        try:
            with self.path.open("rb") as file:
                content = msgspec.json.decode(file.read(MAX_FILE_BYTES), type=Content)
        except FileNotFoundError:
            return Content()
        except OSError as reason:
            raise SeattleError(f"cannot read {self.path}: {reason.strerror}") from reason
        except (msgspec.DecodeError, UnicodeDecodeError) as reason:
            raise SeattleError(
                f"{self.path} is damaged: {reason}",
                hint="move it away and browse again; vessels may get other numbers",
            ) from reason
        if content.seattle_research != 1:
            raise SeattleError(
                f"{self.path} was written by another version of this program",
                hint="use that version, or move the file away and browse again",
            )
        return content

    def _write(self, content: Content) -> None:
        if self.path is None:
            self._content = content
            return
        data = _encode(content)
        if len(data) > MAX_FILE_BYTES:
            # Somebody who knows this person's key made up vessels: only what is there counts.
            there = {f"{vessel.node}:{vessel.id}" for vessel in content.vessels}
            kept = {place: n for place, n in content.numbers.items() if place in there}
            data = _encode(msgspec.structs.replace(content, numbers=kept))
        if len(data) > MAX_FILE_BYTES:
            raise SeattleError(
                f"{len(content.vessels)} vessels are more than can be remembered",
                hint="nodes that know your key may have made them up; a new key ends that",
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_private_file(self.path, data)
        except OSError as reason:
            raise SeattleError(f"cannot write {self.path}: {reason.strerror}") from reason


def _encode(content: Content) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=1)
