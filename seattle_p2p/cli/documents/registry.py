"""Which command prints what: the table beneath schema, page and tests."""

from dataclasses import dataclass
from typing import Any

from seattle_p2p.cli.documents import others, shell, vessels
from seattle_p2p.cli.documents.vessels import ErrorDocument, Many, VesselEntry
from seattle_p2p.experiment.visit import LookedFor
from seattle_p2p.net.inside import OverlayReport
from seattle_p2p.sim.plan import Estimate
from seattle_p2p.sim.sweep import Summary


@dataclass(frozen=True)
class Printed:
    """What a command prints besides errors.

    Args:
        kinds: Any of these.
        lines: Many objects, one a line (JSON Lines), instead of one document.
    """

    kinds: tuple[Any, ...]
    lines: bool = False


def _one(*kinds: Any) -> Printed:
    return Printed(kinds)


def _lines(*kinds: Any) -> Printed:
    return Printed(kinds, lines=True)


_LOG = (vessels.LineEvent, vessels.GapEvent, vessels.ClockEvent, vessels.FailedEvent)
_RUN = (vessels.StartedEvent, *_LOG, vessels.EndedEvent)
_PEOPLE = Many[vessels.PeopleEntry]
_PLAIN = Many[VesselEntry]

WORDS: dict[str, tuple[Any, ...]] = {
    "genkeys": (shell.IdentityAnswer,),
    "loadkeys": (shell.IdentityAnswer,),
    "loadpub": (shell.IdentityAnswer,),
    "show identities": (shell.IdentitiesAnswer,),
    "browse": (shell.BrowseAnswer,),
    "contact": (shell.ContactAnswer,),
    "list": (Many[vessels.StateEntry],),
    "update": (Many[vessels.StateEntry],),
    "show info": (Many[vessels.InfoEntry],),
    "show owner": (_PEOPLE,),
    "show users": (_PEOPLE,),
    "show ownerinfo": (_PEOPLE,),
    "show advertise": (_PEOPLE,),
    "show layers": (_PEOPLE,),
    "show targets": (shell.TargetsAnswer,),
    "show ip": (shell.AddressesAnswer,),
    "show hostname": (shell.NamesAnswer,),
    "add": (shell.GroupAnswer,),
    "remove": (shell.GroupAnswer,),
    "move": (shell.GroupAnswer,),
    "show groups": (shell.GroupsAnswer,),
    "run": (Many[vessels.StartEntry], *_RUN),
    "start": (Many[vessels.StartEntry],),
    "stop": (_PLAIN,),
    "reset": (_PLAIN,),
    "wait": (Many[vessels.StateEntry],),
    "logs": (Many[vessels.TextEntry], *_LOG),
    "watch": (vessels.SeenEvent, vessels.SilentEvent),
    "show log": (Many[vessels.TextEntry], *_LOG),
    "show neighbours": (_PLAIN,),
    "show matrix": (shell.MatrixAnswer,),
    "upload": (_PLAIN,),
    "uploaddir": (_PLAIN,),
    "download": (Many[vessels.PathEntry],),
    "collect": (Many[vessels.CollectEntry],),
    "cat": (Many[vessels.TextEntry],),
    "delete": (_PLAIN,),
    "show files": (Many[vessels.FilesEntry],),
    "set keeprunning": (_PLAIN,),
    "set layers": (_PLAIN,),
    "set users": (_PLAIN,),
    "set owner": (_PLAIN,),
    "set ownerinfo": (_PLAIN,),
    "set advertise": (_PLAIN,),
    "show resources": (Many[vessels.ResourcesEntry],),
    "show offcut": (Many[vessels.OffcutEntry],),
    "split": (Many[vessels.SplitEntry],),
    "join": (Many[vessels.JoinEntry],),
    "show variables": (shell.VariablesAnswer,),
    "echo": (shell.TextAnswer,),
    "show settings": (shell.SettingsAnswer,),
    "loadstate": (shell.LoadedAnswer,),
    "show plugins": (shell.PluginsAnswer,),
    "help": (shell.HelpAnswer,),
}
"""Words of the shell that print something; the others only change the session."""

COMMANDS: dict[str, Printed] = {
    "browse": _one(vessels.BrowseDocument),
    "list": _one(Many[vessels.StateEntry]),
    "run": _lines(*_RUN),
    "upload": _one(_PLAIN),
    "download": _one(Many[vessels.DownloadEntry]),
    "files": _one(Many[vessels.FilesEntry]),
    "cat": _one(Many[vessels.TextEntry]),
    "collect": _one(Many[vessels.CollectEntry]),
    "delete": _one(_PLAIN),
    "start": _one(Many[vessels.StartEntry]),
    "stop": _one(_PLAIN),
    "reset": _one(_PLAIN),
    "wait": _one(Many[vessels.StateEntry]),
    "logs": _lines(*_LOG),
    "watch": _lines(vessels.SeenEvent, vessels.SilentEvent),
    "info": _one(Many[vessels.InfoEntry], _PLAIN),
    "resources": _one(Many[vessels.ResourcesEntry], Many[vessels.OffcutEntry]),
    "users": _one(_PEOPLE, _PLAIN),
    "owner": _one(_PEOPLE, _PLAIN),
    "split": _one(Many[vessels.SplitEntry]),
    "join": _one(Many[vessels.JoinEntry]),
    "advertise": _one(_PLAIN),
    "layers": _one(_PEOPLE, _PLAIN),
    "keep-running": _one(_PLAIN),
    "shell": _lines(*dict.fromkeys(kind for kinds in WORDS.values() for kind in kinds)),
    "exec": _lines(others.OutputLine, others.EndLine),
    "keys new": _one(others.KeyDocument),
    "keys list": _one(list[others.KeyDocument]),
    "keys show": _one(others.KeyDocument),
    "completion": _one(others.CompletionDocument),
    "schema": _one(dict[str, Any]),
    "examples": _one(others.ExamplesDocument),
    "api": _one(others.CallsDocument),
    "migrate": _one(others.MigrateDocument),
    "demo": _one(others.DemoDocument, others.DemoEndDocument),
    "planner new": _one(others.PlanDocument),
    "planner build": _one(others.InstallerDocument),
    "donor install": _one(others.InstallDocument),
    "donor run": _lines(others.Started),
    "donor status": _one(others.DonorStatusDocument),
    "donor audit": _one(others.AuditDocument),
    "donor share": _one(others.ShareDocument),
    "donor pause": _one(others.PauseDocument),
    "donor resume": _one(others.PauseDocument),
    "donor uninstall": _one(others.UninstallDocument),
    "doctor": _one(others.DoctorDocument),
    "seed run": _lines(others.SeedDocument),
    "seed check": _one(others.SeedCheckDocument),
    "seed sign": _one(others.SignedListDocument),
    "seed list": _one(others.SeedListDocument),
    "overlay lookup": _one(LookedFor),
    "overlay peers": _one(OverlayReport),
    "overlay stats": _one(others.OverlayStatsDocument),
    "sim compile": _one(others.CompiledDocument),
    "sim run": _one(others.SimDocument),
    "sim plan": _one(Estimate),
    "sim sweep": _one(list[Summary]),
}
"""Every command by its words."""

ERROR = ErrorDocument
