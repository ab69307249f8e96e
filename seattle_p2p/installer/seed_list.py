"""The ways into a network as one signed file, for people to pass on: ``NAME.seeds``.

Whoever runs a network signs which nodes newcomers may join through. The file is JSON in plain
words; the signature covers its content in one exact form, and a number that only rises, so that
an old list is told from a new one. `docs/spec/seeds.md` describes it.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from seattle_p2p.errors import BadSeedList, BadSignature, UsageError
from seattle_p2p.identity.envelope import Purpose, sign, verify
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.installer.plain_json import read_object
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.limits import MAX_NETWORK_NAME, MAX_PLAN_BYTES, MAX_PLAN_NOTE, MAX_SEEDS

SUFFIX = ".seeds"
VERSION = 1
_ASK_AGAIN = "ask whoever runs the network for the list again"
_SEE_EXAMPLE = "bootstrap/seeds.toml shows what a list looks like"


@dataclass(frozen=True)
class Seed:
    """One way in: where, and who keeps it up and how to reach them."""

    address: PeerAddress
    operator: str = ""


@dataclass(frozen=True)
class SeedList:
    """The ways into one network; of two lists of one signer the higher `number` is newer."""

    network: str
    number: int
    seeds: tuple[Seed, ...]


class _Body(msgspec.Struct, frozen=True, array_like=True):
    """What the signature covers."""

    version: int
    network: str
    number: int
    seeds: tuple[tuple[str, str], ...]


def plan_seed_list(text: str, *, name: str = "the list") -> SeedList:
    """Read a list as its author writes it: TOML with `network`, `number` and `[[seed]]`.

    Raises:
        BadSeedList: what is wrong with it.
    """
    try:
        return _checked(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as reason:
        raise BadSeedList(f"{name} is not TOML: {reason}", hint=_SEE_EXAMPLE) from reason
    except (ValueError, UsageError) as reason:
        raise BadSeedList(f"{name}: {_words(reason)}", hint=_SEE_EXAMPLE) from reason


def make_seed_list(seeds: SeedList, signer: KeyPair) -> bytes:
    """The file's bytes: the same for the same list and signer."""
    content = {
        "seattle_seeds": VERSION,
        "network": seeds.network,
        "number": seeds.number,
        "seed": [
            {"address": seed.address.text, "operator": seed.operator} for seed in seeds.seeds
        ],
        "signer": signer.public.text,
        "signature": sign(Purpose.SEED_LIST, signer, _signed_form(seeds)).hex(),
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def read_seed_list(data: bytes, *, name: str = "the list") -> tuple[SeedList, PublicKey]:
    """Read a signed list from untrusted bytes; it, and who signed it.

    Raises:
        BadSeedList: damaged, altered, unsigned, or of a newer version.
    """
    content = _parse(data, name)
    version = content.pop("seattle_seeds")
    if version != VERSION:
        raise BadSeedList(
            f"{name} has format {version!r}; this version of seattle-p2p reads {VERSION}",
            hint="install the newest seattle-p2p",
        )
    try:
        signer = PublicKey.from_text(str(content.pop("signer")))
        signature = bytes.fromhex(str(content.pop("signature")))
        seeds = _checked(content)
        verify(Purpose.SEED_LIST, signer, _signed_form(seeds), signature)
    except BadSignature as reason:
        raise BadSeedList(
            f"{name} was changed after it was signed", hint=_ASK_AGAIN
        ) from reason
    except KeyError as reason:
        raise BadSeedList(f"{name} is not signed: no {reason}", hint=_ASK_AGAIN) from reason
    except (ValueError, UsageError) as reason:
        raise BadSeedList(f"{name} is damaged: {_words(reason)}", hint=_ASK_AGAIN) from reason
    return seeds, signer


def load_seed_list(path: Path) -> tuple[SeedList, PublicKey]:
    """Read a signed list's file.

    Raises:
        BadSeedList: it cannot be read, or as for `read_seed_list`.
    """
    return read_seed_list(read_list_file(path), name=str(path))


def read_list_file(path: Path) -> bytes:
    """The bytes of a list's file.

    Raises:
        BadSeedList: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_PLAN_BYTES + 1)
    except OSError as reason:
        raise BadSeedList(
            f"cannot read {path}: {reason.strerror}",
            hint="give the path of a list, or an address: [KEY@]HOST:PORT",
        ) from reason


def _parse(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MAX_PLAN_BYTES:
        raise BadSeedList(f"{name} is larger than any list of seeds", hint=_ASK_AGAIN)
    try:
        content = read_object(data)
    except ValueError as reason:
        raise BadSeedList(
            f"{name} is not a signed list of seeds, or is cut off: {reason}",
            hint="whoever runs the network makes one: seattle seed sign LIST",
        ) from reason
    if "seattle_seeds" not in content:
        raise BadSeedList(f"{name} is not a signed list of seeds", hint=_ASK_AGAIN)
    return content


def _checked(content: dict[str, Any]) -> SeedList:
    """A list made of data of any shape. Raises ValueError or UsageError with the reason."""
    unknown = set(content) - {"network", "number", "seed"}
    if unknown:
        raise ValueError(f"there is no field {min(unknown)[:40]!r}")
    network, number = content.get("network"), content.get("number", 1)
    entries = content.get("seed", [])
    if not isinstance(network, str) or not 0 < len(network) <= MAX_NETWORK_NAME:
        raise ValueError(f"network is a name of 1 to {MAX_NETWORK_NAME} characters")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 2**53:
        raise ValueError("number counts from 1")
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_SEEDS:
        raise ValueError(f"a list names 1 to {MAX_SEEDS} seeds, each in a [[seed]] block")
    return SeedList(network, number, tuple(map(_seed, entries)))


def _seed(entry: object) -> Seed:
    if not isinstance(entry, dict) or not set(entry) <= {"address", "operator"}:
        raise ValueError("a seed has an address and an operator")
    address, operator = entry.get("address"), entry.get("operator", "")
    if not isinstance(address, str) or not isinstance(operator, str):
        raise ValueError("a seed's address and operator are written in quotes")
    if len(operator) > MAX_PLAN_NOTE or not operator.isprintable():
        raise ValueError(f"an operator is one line of at most {MAX_PLAN_NOTE} characters")
    found = PeerAddress.from_text(address)
    if found.key is None:
        raise ValueError(f"{address} names no key: anybody at that address would be believed")
    return Seed(found, operator)


def _signed_form(seeds: SeedList) -> bytes:
    body = _Body(
        VERSION,
        seeds.network,
        seeds.number,
        tuple((seed.address.text, seed.operator) for seed in seeds.seeds),
    )
    return msgspec.msgpack.encode(body)


def _words(reason: Exception) -> str:
    return reason.message if isinstance(reason, UsageError) else str(reason)
