"""May this key do this to that vessel? A pure function over a table of rights."""

from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Protocol

from seattle_p2p.errors import NotPermitted
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.actions import (
    Action,
    ChangeAdvertise,
    ChangeInformation,
    ChangeKeepRunning,
    ChangeLayers,
    ChangeOwner,
    ChangeUsers,
    DeleteFile,
    FollowLogs,
    GetFile,
    Join,
    ListFiles,
    ListVessels,
    PutFile,
    ReadLog,
    Reset,
    Split,
    Start,
    Status,
    Stop,
    word,
)


class Role(IntEnum):
    """What somebody is to a vessel; each may do what those before it may."""

    NOBODY = 0
    USER = 1
    OWNER = 2


RIGHTS: Mapping[type[Action], Role] = {
    ListVessels: Role.NOBODY,
    Status: Role.USER,
    Start: Role.USER,
    Stop: Role.USER,
    Reset: Role.USER,
    PutFile: Role.USER,
    GetFile: Role.USER,
    DeleteFile: Role.USER,
    ListFiles: Role.USER,
    ReadLog: Role.USER,
    FollowLogs: Role.USER,
    ChangeAdvertise: Role.OWNER,
    ChangeUsers: Role.OWNER,
    ChangeInformation: Role.OWNER,
    ChangeOwner: Role.OWNER,
    Split: Role.OWNER,
    Join: Role.OWNER,
    ChangeKeepRunning: Role.USER,
    ChangeLayers: Role.OWNER,
}
"""Who may do what. An action that is not here is permitted to nobody."""


class People(Protocol):
    """Whose a vessel is."""

    @property
    def owner(self) -> PublicKey:
        """The owner."""

    @property
    def users(self) -> Collection[PublicKey]:
        """The users."""


def role_of(person: PublicKey, vessel: People) -> Role:
    """What `person` is to `vessel`."""
    if person == vessel.owner:
        return Role.OWNER
    return Role.USER if person in vessel.users else Role.NOBODY


def authorise(person: PublicKey, action: Action, vessel: People | None, name: str = "") -> None:
    """Permit, or raise; `vessel` is None when there is none of the `name` asked for.

    An action on several vessels is permitted when it is for each of them.

    Raises:
        NotPermitted: in the same words whether the vessel does not exist or is somebody
            else's, so that nothing can be learnt by asking.
    """
    needed = RIGHTS.get(type(action))
    if needed is Role.NOBODY:
        return
    role = role_of(person, vessel) if vessel is not None else Role.NOBODY
    if needed is None or role is Role.NOBODY:
        raise NotPermitted(
            f"this key controls no vessel {name} on this node",
            hint="`seattle browse` shows what it controls",
        )
    if role < needed:
        raise NotPermitted(
            f"only the owner of a vessel may do this ({word(action)})",
            hint="ask the owner, or use the owner's key",
        )
