"""A session in a file, sealed under a passphrase.

Saved are vessels with their numbers, groups, variables, settings, and where the key files of
identities lie. Private keys stay in their own files.
"""

import json
from pathlib import Path

import msgspec

from seattle_p2p.cli.shell.people import Identity
from seattle_p2p.cli.shell.session import Session
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.identity.keystore import Sealer, WrongPassphrase, unseal
from seattle_p2p.identity.private_files import replace_private_file

MAX_FILE_BYTES = 32 * 1024 * 1024
_FORMAT = 1


class SavedVessel(msgspec.Struct, frozen=True):
    """One vessel; `people` are the identities that control it."""

    number: int
    node: str
    id: str
    endpoints: tuple[str, ...]
    people: tuple[str, ...]


class SavedIdentity(msgspec.Struct, frozen=True):
    """One identity; `path` is its key file, empty when only the public half is known."""

    name: str
    public: str
    path: str
    sealed: bool


class SavedSession(msgspec.Struct, frozen=True):
    """Everything."""

    network: str
    identity: str
    target: str
    identities: tuple[SavedIdentity, ...]
    vessels: tuple[SavedVessel, ...]
    groups: dict[str, tuple[int, ...]]
    variables: dict[str, str]
    timeout_s: float
    parallel: int


def write_state(path: Path, session: Session, sealer: Sealer) -> None:
    """Write the session to `path`, whole or not at all, over an earlier state only.

    Raises:
        UsageError: another kind of file is there.
        SeattleError: the disk refuses.
    """
    if path.exists():
        _read(path)
    content = {
        "seattle_shell": _FORMAT,
        **sealer.seal(msgspec.json.encode(_describe(session))),
    }
    try:
        replace_private_file(path, json.dumps(content).encode())
    except OSError as reason:
        raise SeattleError(f"cannot write {path}: {reason.strerror}") from reason


def read_state(path: Path, passphrase: str) -> SavedSession:
    """What `write_state` wrote.

    Raises:
        UsageError: the file is no saved session, or is damaged.
        SeattleError: it cannot be read, or the passphrase does not fit.
    """
    try:
        sealed = unseal(_read(path), passphrase)
        return msgspec.json.decode(sealed, type=SavedSession)
    except WrongPassphrase as reason:
        raise SeattleError(
            f"the passphrase does not open {path}", hint="try again; there is no way around it"
        ) from reason
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as reason:
        raise _no_state(path) from reason


def restore(session: Session, saved: SavedSession) -> None:
    """Make `session` what was saved; nobody is asked whether the vessels are still there.

    Raises:
        UsageError: it was saved on another network.
    """
    if saved.network != session.network:
        raise UsageError(
            f"that session was on {saved.network!r}, this one is on {session.network!r}",
            hint=f"seattle shell --network {saved.network}",
        )
    for i in saved.identities:
        path = Path(i.path) if i.path and Path(i.path).exists() else None
        session.identities.add(Identity(i.name, PublicKey.from_text(i.public), path, i.sealed))
    places = {}
    for v in saved.vessels:
        vessel = Vessel(v.number, PublicKey.from_text(v.node), v.id, v.endpoints)
        places[v.number] = vessel.place
        for name in v.people:
            session.known.take_in(vessel, name)
    for name, numbers in saved.groups.items():
        session.groups.restore(name, [places[n] for n in numbers if n in places])
    session.variables |= saved.variables
    session.options.timeout_s = saved.timeout_s
    session.options.parallel = saved.parallel
    session.identity, session.target = saved.identity, saved.target


def _describe(session: Session) -> SavedSession:
    known = session.known
    numbers = {vessel.place: vessel.number for vessel in known.everything}
    return SavedSession(
        network=session.network,
        identity=session.identity,
        target=session.target,
        identities=tuple(
            SavedIdentity(
                i.name, i.public.text, str(i.path.absolute() if i.path else ""), i.sealed
            )
            for i in session.identities
        ),
        vessels=tuple(
            SavedVessel(v.number, v.node.text, v.id, v.endpoints, tuple(known.people(v)))
            for v in known.everything
        ),
        groups={
            name: tuple(numbers[p] for p in session.groups.places(name) if p in numbers)
            for name in session.groups.names
        },
        variables=dict(session.variables),
        timeout_s=session.options.timeout_s,
        parallel=session.options.parallel,
    )


def _read(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(MAX_FILE_BYTES))
    except OSError as reason:
        raise SeattleError(f"cannot read {path}: {reason.strerror}") from reason
    except ValueError as reason:
        raise _no_state(path) from reason
    if not isinstance(content, dict) or content.get("seattle_shell") != _FORMAT:
        raise _no_state(path)
    return content


def _no_state(path: Path) -> UsageError:
    return UsageError(f"{path} is not a saved session, or is damaged", hint="name another file")
