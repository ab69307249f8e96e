"""What the commands of planners, donors, testers and everybody print."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seattle_p2p.cli.documents.vessels import Key
from seattle_p2p.manager.books import Books
from seattle_p2p.manager.donor import DonorStatus
from seattle_p2p.manager.running import Started as Started
from seattle_p2p.overlay.core import Statistics
from seattle_p2p.sim.invariants import Verdict
from seattle_p2p.vessel.api.call import Call
from seattle_p2p.vessel.migration.edits import Remark
from seattle_p2p.vessel.status import VesselStatus


class KeyDocument(msgspec.Struct, frozen=True):
    """A key pair of this account."""

    name: str
    public: Key
    sealed: Annotated[bool, Meta(description="Whether a passphrase guards it")]
    path: Annotated[str, Meta(description="Of its file")]


class CompletionDocument(msgspec.Struct, frozen=True):
    """A completion script."""

    shell: str
    script: str
    where: Annotated[str, Meta(description="Where that shell looks for it")]


class CompiledDocument(msgspec.Struct, frozen=True):
    """The core as machine code."""

    folder: Annotated[str, Meta(description="Where it is: of the user's cache")]
    took_s: Annotated[float, Meta(description="Seconds it took; next to none the second time")]


class DoctorDocument(msgspec.Struct, frozen=True):
    """What this machine can hold around programs."""

    python: str
    system: Annotated[str, Meta(description="Kernel, its version, the machine")]
    root: Annotated[bool, Meta(description="Whether root asked, who may do more")]
    layers: Annotated[list[str], Meta(description="Applied and tried: these hold")]
    missing_layers: list[str]
    sufficient: Annotated[bool, Meta(description="Whether strangers' programs may run")]


class DemoDocument(msgspec.Struct, frozen=True):
    """How a demonstration went."""

    network: str
    folder: str
    donors: int
    seed_stopped: Annotated[bool, Meta(description="Whether the seed was gone meanwhile")]
    vessels: list[str]
    matrix_ms: Annotated[
        dict[str, dict[str, float | None]],
        Meta(description="Round trips by who asked and who answered"),
    ]
    median_ms: float | None
    complete: Annotated[bool, Meta(description="Whether no round trip is missing")]
    seconds: Annotated[dict[str, float], Meta(description="Since the beginning, by part")]
    kept: bool
    clean: Annotated[bool, Meta(description="Whether nothing was left behind")]


class DemoEndDocument(msgspec.Struct, frozen=True):
    """`demo --end`."""

    folder: str
    ended: bool


class PlanDocument(msgspec.Struct, frozen=True):
    """A plan that was written: the file, or with `-` the text itself."""

    file: str | UnsetType = UNSET
    plan: str | UnsetType = UNSET


class InstallerDocument(msgspec.Struct, frozen=True):
    """An installer that was built."""

    file: str
    bytes: int
    planner: Key
    network: str
    vessels: int
    seeds: list[str]


class InstalledVessel(msgspec.Struct, frozen=True):
    """A vessel that was set up."""

    name: str
    cpu: Annotated[float, Meta(description="Cores")]
    memory: Annotated[int, Meta(description="Bytes")]
    diskused: Annotated[int, Meta(description="Bytes")]
    ports: list[int]


class InstallDocument(msgspec.Struct, frozen=True):
    """What was installed."""

    dir: str
    node: Key
    planner: Key
    network: str
    seeds: list[str]
    log: str
    vessels: list[InstalledVessel]


class ShareDocument(msgspec.Struct, frozen=True):
    """A share that was changed."""

    before: Annotated[float, Meta(description="Percent of the machine until now")]
    percent: Annotated[float, Meta(description="Percent of the machine from now on")]
    vessels: list[InstalledVessel]


class DonorStatusDocument(DonorStatus, frozen=True):
    """How an installation is; `books` with `--audit` only."""

    books: Books | UnsetType = UNSET


class TrailEntry(msgspec.Struct, frozen=True):
    """Something that was done, or refused."""

    number: int
    at: Annotated[float, Meta(description="Seconds since 1970")]
    person: Key
    action: str
    vessel: str
    outcome: Annotated[str, Meta(description="`ok`, or the error's code")]


class AuditDocument(msgspec.Struct, frozen=True):
    """Who did what on this machine."""

    entries: list[TrailEntry]


class PauseDocument(msgspec.Struct, frozen=True):
    """A pause that began or ended."""

    paused: bool
    manager_running: bool
    for_s: Annotated[
        float | UnsetType | None, Meta(description="Its length; null until `resume`")
    ] = UNSET


class UninstallDocument(msgspec.Struct, frozen=True):
    """What went, and what was not the donor's."""

    removed: list[str]
    left: list[str]


class SeedDocument(msgspec.Struct, frozen=True):
    """A seed that is ready; one line."""

    address: Annotated[str, Meta(description="KEY@HOST:PORT, to hand out")]
    addresses: Annotated[list[str], Meta(description="The same for each address family")]
    key: Key
    network: str
    pid: int


class SignedListDocument(msgspec.Struct, frozen=True):
    """A list of seeds that was signed."""

    file: str
    signer: Key
    network: str
    number: Annotated[int, Meta(description="Of two lists of one signer the higher is newer")]
    seeds: Annotated[list[str], Meta(description="KEY@HOST:PORT")]


class ListedSeed(msgspec.Struct, frozen=True):
    """One way into a network."""

    address: Annotated[str, Meta(description="KEY@HOST:PORT")]
    operator: Annotated[str, Meta(description="Who keeps it up")]


class SeedListDocument(msgspec.Struct, frozen=True):
    """What a signed list of seeds says; its signature holds."""

    network: str
    number: int
    signer: Key
    seeds: list[ListedSeed]


class OverlayStatsDocument(msgspec.Struct, frozen=True):
    """A node's place in the overlay, and what it counted."""

    node: Key
    id: Annotated[str, Meta(description="40 hexadecimal digits")]
    network: str
    addresses: Annotated[list[str], Meta(description="Where it listens, HOST:PORT")]
    seen_at: Annotated[str, Meta(description="Where most peers see it; empty: nobody said")]
    statistics: Statistics


class SeedCheckDocument(msgspec.Struct, frozen=True):
    """Whether a seed is well."""

    address: str
    network: str
    well: bool
    problem: str
    peers: list[str]


class SimDocument(msgspec.Struct, frozen=True):
    """A run in virtual time."""

    scenario: str
    seed: int
    trace_hash: Annotated[str, Meta(description="The same for the same run, anywhere")]
    holds: Annotated[bool, Meta(description="Whether every verdict does")]
    verdicts: list[Verdict]
    measures: dict[str, float]
    again: Annotated[str, Meta(description="The command that shows the same, at its smallest")]


class CallsDocument(msgspec.Struct, frozen=True):
    """What programs may call."""

    calls: list[Call]


class Example(msgspec.Struct, frozen=True):
    """A small program."""

    name: str
    what: Annotated[str, Meta(description="What it does, in a sentence")]
    text: str
    path: Annotated[str, Meta(description="Where it was written to; empty if it was not")]


class ExamplesDocument(msgspec.Struct, frozen=True):
    """Small programs that ship with the package."""

    examples: list[Example]


class MigrateDocument(msgspec.Struct, frozen=True):
    """A program that was translated."""

    text: Annotated[str, Meta(description="The translation")]
    remarks: Annotated[list[Remark], Meta(description="What was done, by line")]
    added_lines: Annotated[int, Meta(description="Lines of helpers in front")]
    refused: Annotated[list[Remark], Meta(description="What the language still refuses")]
    output: Annotated[str | None, Meta(description="The file it was written to")]
    accepted: Annotated[bool, Meta(description="Whether nothing is refused")]


class OutputLine(msgspec.Struct, frozen=True):
    """`exec`: what the program logged."""

    log: str


class EndLine(msgspec.Struct, frozen=True):
    """`exec`: how it ended; the last line."""

    end: VesselStatus
    exit: Annotated[int, Meta(description="The command's exit code")]
