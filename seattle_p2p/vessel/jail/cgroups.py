"""Control groups: a bound on one vessel's CPU, threads and memory in the kernel itself.

Put around the vessel from outside, by its keeper, where that may make groups below its own: as
root with the controllers of version 1, or where a tree of version 2 was delegated (a service of
systemd with `Delegate=yes`). The keeper goes on holding the vessel to its share by stopping it
(`throttle.py`); the group is the wall behind, for a keeper that gets no turn in time. So its
quota is a little above the share, and its period long enough for two of the keeper's.

Version 1 bounds CPU only. It is root's, whose vessels have a user each, so rlimits count their
threads already; its memory controller charges pages of files to whoever touched them first; and
each further hierarchy costs a start 5 ms, the time of a grace period in the kernel.
"""

import contextlib
import os
from pathlib import Path

import msgspec

PREFIX = "seattle-"
"""Of every group's name; the keeper's process id follows."""

_OWN_LEAF = "seattle"
"""Where the node's own processes go in a delegated tree: version 2 has none in inner groups."""

_ABOVE_SHARE = 1.1
_PERIOD_S, _LONGEST_PERIOD_S = 0.2, 1.0
_LEAST_QUOTA_S = 0.002
_MEMORY_ABOVE_GRANT = 20_000_000
_CONTROLLERS = ("cpu", "pids", "memory")


class Bounds(msgspec.Struct, frozen=True):
    """What one group is to hold.

    Args:
        cpu: Share in cores.
        memory: Bytes granted.
        threads: Most threads, the first one included.
        start_up_s: CPU seconds that the first period has beyond the share.
    """

    cpu: float
    memory: int
    threads: int
    start_up_s: float = 0.0

    @property
    def period_us(self) -> int:
        """Long enough that the quota is not cut into crumbs."""
        wanted = max(_PERIOD_S, _LEAST_QUOTA_S / max(self.cpu, 1e-6))
        return int(min(wanted, _LONGEST_PERIOD_S) * 1e6)

    def quota_us(self, *, starting: bool) -> int:
        """Microseconds of CPU in each period; the kernel takes no less than a thousand."""
        quota = int(self.cpu * _ABOVE_SHARE * self.period_us)
        return max(quota + int(self.start_up_s * 1e6) * starting, 1000)

    def settings(self, version: str, *, starting: bool) -> dict[str, str]:
        """Files of a group and what is to stand in them.

        Args:
            version: ``cpu``, the controller of version 1, or ``unified`` for version 2.
            starting: With what the start takes beyond the share.
        """
        if version == "cpu":
            return {
                "cpu.cfs_period_us": str(self.period_us),
                "cpu.cfs_quota_us": str(self.quota_us(starting=starting)),
            }
        return {
            "cpu.max": f"{self.quota_us(starting=starting)} {self.period_us}",
            "pids.max": str(self.threads),
            "memory.max": str((self.memory + _MEMORY_ABOVE_GRANT) // 4096 * 4096),
            "memory.oom.group": "1",
        }


class Group:
    """The group of one vessel.

    Args:
        folder: Where the kernel shows it.
        version: As `Bounds.settings` takes it.
        bounds: What it holds.
    """

    def __init__(self, folder: Path, version: str, bounds: Bounds) -> None:
        self._folder = folder
        self._version = version
        self._bounds = bounds

    def add(self, pid: int) -> None:
        """Move a process, all its threads, into the group; takes the kernel about 5 ms.

        Raises:
            OSError: The kernel refused.
        """
        (self._folder / "cgroup.procs").write_text(str(pid))

    def set_bounds(self, *, starting: bool) -> None:
        """Write what the group is to hold.

        Raises:
            OSError: The kernel refused.
        """
        for name, value in self._bounds.settings(self._version, starting=starting).items():
            (self._folder / name).write_text(value)

    def holds(self, pid: int) -> bool:
        """True when the kernel names the process in the group, and its bounds at the start."""
        wanted = self._bounds.settings(self._version, starting=True)
        with contextlib.suppress(OSError):
            inside = str(pid) in _words(self._folder / "cgroup.procs")
            return inside and all(
                (self._folder / name).read_text().strip() == wanted[name] for name in wanted
            )
        return False

    def ran_out_of_memory(self) -> bool:
        """True when the kernel killed a process of the group for its memory."""
        with contextlib.suppress(OSError):
            events = (self._folder / "memory.events").read_text().splitlines()
            return any(event.startswith("oom_kill ") and event[9:] != "0" for event in events)
        return False

    def remove(self) -> None:
        """Kill what is left inside, where the kernel offers it, and remove the group."""
        if (self._folder / "cgroup.kill").exists():
            with contextlib.suppress(OSError):
                (self._folder / "cgroup.kill").write_text("1")
        with contextlib.suppress(OSError):
            self._folder.rmdir()


def make(number: int, bounds: Bounds, proc: Path = Path("/proc")) -> Group | None:
    """A group for one vessel below our own; None where that is not granted.

    What keepers that were killed have left behind is removed on the way.

    Args:
        number: The keeper's process id.
        bounds: What the group is to hold.
        proc: The process file system; another in tests.
    """
    group = None
    try:
        found = _base(proc / "self")
        if found is not None:
            version, base = found
            _sweep(base, proc)
            folder = base / f"{PREFIX}{number}"
            folder.mkdir(exist_ok=True)
            group = Group(folder, version, bounds)
            group.set_bounds(starting=True)
    except OSError:
        if group is not None:
            group.remove()
        return None
    return group


def _base(own: Path) -> tuple[str, Path] | None:
    """The version and the folder below which groups may be made.

    Raises:
        OSError: Nothing of the kind may be done here.
    """
    paths = _own_paths(own)
    if "unified" in paths and "cpu" in _words(paths["unified"] / "cgroup.controllers"):
        return "unified", _prepared(paths["unified"])
    return ("cpu", paths["cpu"]) if "cpu" in paths else None


def _own_paths(own: Path) -> dict[str, Path]:
    """The folder of our own group in each hierarchy that is mounted."""
    groups: dict[str, str] = {}
    for line in (own / "cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        for name in controllers.split(",") if number != "0" else ["unified"]:
            groups[name] = path
    found: dict[str, Path] = {}
    for line in (own / "mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        root, point = fields.split(" ")[3:5]
        names = ["unified"] if kind == "cgroup2" else options.split(",")
        if kind not in ("cgroup", "cgroup2"):
            continue
        for name in names:
            if name in groups and name not in found and _is_below(groups[name], root):
                found[name] = Path(point) / os.path.relpath(groups[name], root)
    return found


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _prepared(own: Path) -> Path:
    """The folder of version 2 whose children have controllers.

    In a delegated group that is ours, its processes move into a leaf, once: the kernel wants
    inner groups to be empty.
    """
    base = own.parent if own.name == _OWN_LEAF else own
    wanted = [c for c in _CONTROLLERS if c in _words(base / "cgroup.controllers")]
    missing = [c for c in wanted if c not in _words(base / "cgroup.subtree_control")]
    if not missing:
        return base
    if (base / "cgroup.type").exists():  # all but the root of the tree
        _require_delegated(base)
        leaf = base / _OWN_LEAF
        leaf.mkdir(exist_ok=True)
        for pid in _words(base / "cgroup.procs"):
            with contextlib.suppress(ProcessLookupError):
                (leaf / "cgroup.procs").write_text(pid)
    (base / "cgroup.subtree_control").write_text(" ".join("+" + c for c in missing))
    return base


def _require_delegated(base: Path) -> None:
    """Raise OSError unless whoever manages the tree has left this part of it to us."""
    for name in ("user.delegate", "trusted.delegate"):
        with contextlib.suppress(OSError):
            if os.getxattr(base, name) == b"1":
                return
    raise PermissionError(f"{base} was not delegated")


def _sweep(base: Path, proc: Path) -> None:
    """Remove groups of keepers that are gone; those in use refuse."""
    for folder in base.glob(f"{PREFIX}[0-9]*"):
        if not (proc / folder.name.removeprefix(PREFIX)).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


def _words(path: Path) -> list[str]:
    return path.read_text().split()
