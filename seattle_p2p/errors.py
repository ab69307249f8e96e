"""Every error of the project, in one tree.

The branch says who must act; the text is for the person who reads it; `hint` is the next step;
`code` is the wire's name for the error and never changes. Errors that cross the wire carry
code, text and hint, and come back as the same class (`from_wire`).
"""


class SeattleError(Exception):
    """Root of the tree: anything a person or a peer is told about.

    Args:
        message: What happened and why, with numbers, without a full stop.
        hint: What to do next; `otherwise` when nothing better is said.
    """

    code = "error"
    otherwise = "put that right, then try again"
    """The next step where whoever raises the error names none."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.otherwise

    @property
    def message(self) -> str:
        """What happened and why, without the hint."""
        return str(self.args[0]) if self.args else ""


class UsageError(SeattleError):
    """The caller asked for something that makes no sense."""

    code = "usage"
    otherwise = "`seattle COMMAND --help` says how it is written"


class BadPlan(UsageError):
    """A plan, scenario or restrictions file says something it may not."""

    code = "usage.plan"
    otherwise = "correct the file and try again"


class BadSeedList(UsageError):
    """A list of seeds that is damaged, altered, or not the one that was asked for."""

    code = "bad_seed_list"


class PeerError(SeattleError):
    """The other side broke the protocol."""

    code = "peer"
    otherwise = "that node runs another or a broken program: tell its donor, or leave it out"


class MalformedMessage(PeerError):
    """Bytes of another shape or size than the protocol's."""

    code = "peer.malformed"


class BadSignature(PeerError):
    """A signature does not fit what it is said to sign, or who is said to have signed."""

    code = "peer.signature"


class StaleMessage(PeerError):
    """A command under a dead or foreign challenge, or with another number than the next."""

    code = "peer.stale"
    otherwise = "try again"


class ReusedId(PeerError):
    """A command's id was used before, by somebody else or for something else."""

    code = "peer.reused_id"


class WrongReceiver(PeerError):
    """A message that was made for somebody else."""

    code = "peer.receiver"


class WrongPeer(PeerError):
    """The machine that answered does not hold the key that was asked for."""

    code = "peer.identity"


class VersionMismatch(PeerError):
    """The other side speaks another version, or belongs to another network."""

    code = "peer.version"
    otherwise = "install the same release of seattle-p2p on both sides"


class TooMuch(PeerError):
    """Over a limit of size, count or rate."""

    code = "peer.limit"
    otherwise = "ask for less at a time, or wait a little"


class Unreachable(SeattleError):
    """Nobody answered; the same request may be sent again."""

    code = "unreachable"
    otherwise = "try again; `seattle browse` finds the machines that are there"


class LanUnavailable(SeattleError):
    """Peers on the local network cannot be looked for here."""

    code = "lan_unavailable"
    otherwise = "name a machine of the network: --contact or --seed"


class NotPermitted(SeattleError):
    """A known key, and the answer is no. Says nothing about whether the vessel exists."""

    code = "not_permitted"
    otherwise = "`seattle browse` shows what your key controls"


class NoLongerPermitted(NotPermitted):
    """The right was there when the command began and is gone now."""

    code = "not_permitted.changed"


class VesselError(SeattleError):
    """Something about a vessel stands in the way."""

    code = "vessel"
    otherwise = "`seattle info` says how the vessel is"


class NoSuchVessel(VesselError):
    """No vessel of that name here."""

    code = "vessel.unknown"
    otherwise = "`seattle list` shows those that are there"


class OutOfResources(VesselError):
    """A split, a file or a program asked for more of a resource than there is.

    Args:
        resource: Name as in the restrictions file, e.g. ``"memory"``.
        wanted: Amount asked for, in that resource's unit.
        available: Amount that was left, in the same unit.
    """

    code = "vessel.out_of_resources"
    otherwise = "`seattle resources` shows what there is"

    def __init__(
        self, resource: str, *, wanted: float, available: float, hint: str = ""
    ) -> None:
        # 12 digits: bytes of a disk are written out, not as a power of ten.
        told = f"{resource}: wanted {wanted:.12g}, only {available:.12g} left"
        super().__init__(told, hint=hint)
        self.resource = resource
        self.wanted = wanted
        self.available = available


class ProgramRefused(VesselError):
    """The language policy does not let this program run.

    Args:
        line: Line of the program, from 1; 0 when no single line is at fault.
    """

    code = "vessel.program_refused"
    otherwise = "change the program; `seattle api` lists what programs may call"

    def __init__(self, message: str, *, line: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line


class VesselBusy(VesselError):
    """A program runs there, or the vessel is paused."""

    code = "vessel.busy"
    otherwise = "wait until it has ended, or stop it"


class NoSuchFile(VesselError):
    """The vessel holds no file of that name."""

    code = "vessel.no_file"
    otherwise = "`seattle files` lists those that are there"


class WeakContainment(VesselError):
    """The layers that must stand between a program and the machine are missing."""

    code = "vessel.weak_containment"
    otherwise = "`seattle donor status` names the missing layers"


class KeystoreError(SeattleError):
    """A key file cannot be read, written or opened."""

    code = "keystore"
    otherwise = "`seattle keys list` shows the keys of this account"


class InstallError(SeattleError):
    """An installer is damaged, or the machine cannot take it."""

    code = "install"
    otherwise = "`seattle donor status` says what is there"


class LedgerError(SeattleError):
    """The node manager's ledger is damaged or of another version."""

    code = "ledger"
    otherwise = "keep the file, and tell whoever maintains this program"


class InternalError(SeattleError):
    """Our own mistake, told to the other side without details."""

    code = "internal"
    otherwise = "please report it"


class RemoteError(SeattleError):
    """An error of a code this version does not know, as the other side worded it."""

    code = "remote"


def by_code() -> dict[str, type[SeattleError]]:
    """Every class of the tree by its wire code."""
    found: dict[str, type[SeattleError]] = {}
    waiting: list[type[SeattleError]] = [SeattleError]
    while waiting:
        cls = waiting.pop()
        found[cls.code] = cls
        waiting.extend(cls.__subclasses__())
    return found


def from_wire(code: str, message: str, hint: str = "") -> SeattleError:
    """The error another node described, as its own class again; `RemoteError` when unknown."""
    cls = by_code().get(code, RemoteError)
    error = cls.__new__(cls)
    SeattleError.__init__(error, message, hint=hint)
    return error
