"""What words of the shell print that commands outside do not."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seattle_p2p.cli.documents.vessels import (
    Key,
    SilentNode,
    StateEntry,
    VesselEntry,
    VesselName,
)


class _Answer(msgspec.Struct, frozen=True):
    command: Annotated[str, Meta(description="The word itself")]


class IdentityAnswer(_Answer, frozen=True):
    """Somebody who is known now."""

    identity: Annotated[str, Meta(description="The name in this session")]
    public: Key


class KnownIdentity(msgspec.Struct, frozen=True):
    """Somebody with a name in this session."""

    name: str
    public: Key
    private: Annotated[bool, Meta(description="Whether that half is here too")]


class IdentitiesAnswer(_Answer, frozen=True):
    """Everybody who is known."""

    identities: list[KnownIdentity]


class BrowseAnswer(_Answer, frozen=True):
    """What browsing found."""

    nodes: int
    vessels: list[StateEntry]
    silent: list[SilentNode]
    missing: list[VesselName]
    warnings: list[str]


class ContactAnswer(_Answer, frozen=True):
    """The vessels of one machine."""

    vessels: list[StateEntry]


class KnownVessel(VesselEntry, frozen=True):
    """A vessel, and who of this session found it."""

    identities: list[str]


class TargetsAnswer(_Answer, frozen=True):
    """All vessels that are known."""

    target: Annotated[str, Meta(description="The one meant when nothing is said")]
    vessels: list[KnownVessel]


class AddressesAnswer(_Answer, frozen=True):
    """Addresses of machines."""

    addresses: list[str]


class NamesAnswer(_Answer, frozen=True):
    """Names of machines."""

    names: Annotated[dict[str, str], Meta(description="By address; empty without one")]


class GroupAnswer(_Answer, frozen=True):
    """A group that was changed."""

    group: str
    changed: Annotated[int, Meta(description="Vessels that came or went")]
    size: Annotated[int, Meta(description="Vessels in it now")]


class GroupsAnswer(_Answer, frozen=True):
    """All groups."""

    groups: dict[str, list[VesselName]]


class MatrixAnswer(_Answer, frozen=True):
    """Round trips between vessels."""

    matrix_ms: Annotated[
        dict[str, dict[str, float | None]],
        Meta(description="By who asked and who answered"),
    ]
    complete: bool


class VariablesAnswer(_Answer, frozen=True):
    """All variables."""

    variables: dict[str, str]


class TextAnswer(_Answer, frozen=True):
    """A text."""

    text: str


class SettingsAnswer(_Answer, frozen=True):
    """What `set` changes."""

    settings: dict[str, str | float]


class LoadedAnswer(_Answer, frozen=True):
    """A session that was loaded."""

    alive: list[VesselName]
    dead: list[VesselName]


class KnownPlugin(msgspec.Struct, frozen=True):
    """A plug-in that is installed."""

    name: str
    enabled: bool
    words: list[str]
    problem: Annotated[str, Meta(description="Why it is left out; empty if it is not")]


class PluginsAnswer(_Answer, frozen=True):
    """All plug-ins."""

    plugins: list[KnownPlugin]


class TaughtWord(msgspec.Struct, frozen=True):
    """A word and how it is used."""

    name: str
    usage: str
    line: str
    teach: str
    example: list[str]
    also: list[str]


class HelpAnswer(_Answer, frozen=True):
    """Help on words, or on a topic."""

    words: list[TaughtWord] | UnsetType = UNSET
    text: str | UnsetType = UNSET
