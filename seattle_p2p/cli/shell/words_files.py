"""Words about files in vessels: upload, uploaddir, download, cat, delete, show files."""

import difflib
import importlib.resources
from collections.abc import Sequence
from pathlib import Path

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.session import Job, Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.cli.stream import LogPrinter
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.group import GroupResult, Outcome
from seattle_p2p.experiment.log_events import Line
from seattle_p2p.experiment.targets import Vessel

CHAPTER = "Files"


async def _upload(turn: Turn) -> int:
    path, name = _local(turn.told.one("FILE")), turn.told.one("NAME")
    result = await turn.fan_out(
        lambda me, vessels, report: me.upload(vessels, path, name, report=report)
    )
    for vessel in result.ok:
        turn.session.remote.pop(vessel, None)
    return turn.finish(result, said=f"uploaded {path.name} to")


async def _uploaddir(turn: Turn) -> int:
    folder = _local(turn.told.one("FOLDER"))
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="for one file: upload FILE")
    entries = sorted(folder.iterdir())
    paths = [entry for entry in entries if entry.is_file()]
    for entry in entries:
        if entry.is_dir():
            output.note(f"{entry.name} is a folder and stays here: vessels have no folders")
    failed: dict[Vessel, Outcome[None]] = {}
    seen: dict[Vessel, Outcome[None]] = {}
    for path in paths:
        result = await turn.fan_out(_uploading(path))
        for outcome in result.outcomes:
            seen[outcome.vessel] = outcome
            turn.session.remote.pop(outcome.vessel, None)
            if outcome.error is not None:
                failed[outcome.vessel] = outcome
    whole: GroupResult[None] = GroupResult(tuple((seen | failed).values()))
    turn.note_groups(whole.ok, whole.failed)
    return turn.finish(whole, said=f"uploaded {len(paths)} files to")


def _uploading(path: Path) -> Job[None]:
    return lambda me, vessels, report: me.upload(vessels, path, report=report)


def _local(written: str) -> Path:
    """A file or folder of this machine.

    Raises:
        UsageError: there is none; the nearest beside it is named.
    """
    path = Path(written).expanduser()
    require_here(path, written)
    return path


def require_here(path: Path, written: str, others: Sequence[str] = ()) -> None:
    """Accept a path that is there.

    Raises:
        UsageError: it is not; the nearest beside it, or of `others`, is named.
    """
    if path.exists():
        return
    try:
        beside = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        beside = []
    near = difflib.get_close_matches(path.name, [*beside, *others], n=1)
    raise UsageError(
        f"there is no file {written!r} here",
        hint=f"did you mean {near[0]!r}?" if near else "Tab shows what there is",
    )


def example_names() -> list[str]:
    """Programs that ship with the package."""
    folder = importlib.resources.files("seattle_p2p") / "examples"
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".r2py"))


async def _download(turn: Turn) -> int:
    name = turn.told.one("REMOTE")
    folder = Path(turn.told.one("FOLDER", ".")).expanduser()
    result = await turn.fan_out(
        lambda me, vessels, report: me.download(vessels, name, folder, report=report)
    )
    if not turn.session.as_json:
        for path in result.ok.values():
            output.note(f"  {path}")
    return turn.finish(result, value=lambda path: {"path": str(path)}, said="downloaded from")


async def _collect(turn: Turn) -> int:
    folder = Path(turn.told.one("FOLDER", "collected")).expanduser()
    result = await turn.fan_out(
        lambda me, vessels, report: me.collect(vessels, folder, report=report)
    )
    if not turn.session.as_json:
        for paths in result.ok.values():
            for path in paths:
                output.note(f"  {path}")
    return turn.finish(
        result,
        value=lambda paths: {"paths": [str(path) for path in paths]},
        said=f"collected into {folder} from",
    )


async def _cat(turn: Turn) -> int:
    name = turn.told.one("REMOTE")
    result = await turn.fan_out(
        lambda me, vessels, report: me.read(vessels, name, report=report)
    )
    if not turn.session.as_json:
        printer = LogPrinter(list(result.ok), as_json=False)
        for vessel, content in result.ok.items():
            for line in content.decode("utf-8", "replace").splitlines():
                printer.event(Line(vessel, 0, line))
    return turn.finish(result, value=lambda data: {"text": data.decode("utf-8", "replace")})


async def _delete(turn: Turn) -> int:
    name = turn.told.one("REMOTE")
    result = await turn.fan_out(
        lambda me, vessels, report: me.delete(vessels, name, report=report)
    )
    for vessel in result.ok:
        turn.session.remote.pop(vessel, None)
    return turn.finish(result, said=f"deleted {name} in")


async def _show_files(turn: Turn) -> int:
    result = await turn.fan_out(lambda me, vessels, report: me.files(vessels, report=report))
    for vessel, held in result.ok.items():
        turn.session.remote[vessel] = [file.name for file in held.files]
    if not turn.session.as_json:
        rows = [
            (vessel.number, vessel.name, file.size, file.name)
            for vessel, held in result.ok.items()
            for file in held.files
        ]
        output.table(("%", "VESSEL", "BYTES", "FILE"), rows)
    return turn.finish(
        result,
        value=lambda held: {
            "files": [{"name": file.name, "size": file.size} for file in held.files],
            "used_bytes": held.used_bytes,
            "disk_bytes": held.disk_bytes,
        },
    )


async def names_for_completion(turn: Turn) -> list[str]:
    """Files in the target's vessels, asked for where they are not known; never fails."""
    try:
        vessels = turn.vessels()
        unknown = [v for v in vessels if v not in turn.session.remote]
        if unknown:
            me = await turn.me()
            for vessel, held in (await me.files(unknown)).ok.items():
                turn.session.remote[vessel] = [file.name for file in held.files]
    except SeattleError:
        return []
    names = {name for v in vessels for name in turn.session.remote.get(v, [])}
    return sorted(names)


WORDS = (
    Word(
        "upload",
        "FILE [NAME]",
        "Put a file of this machine into vessels",
        "It arrives whole or not at all. NAME is what it is called there; its own name "
        "otherwise. Where it failed is the group uploadfail.",
        "upload data.txt\nupload ./today.txt data.txt\non uploadfail upload data.txt",
        _upload,
        (),
        CHAPTER,
    ),
    Word(
        "uploaddir",
        "FOLDER",
        "Put all files of a folder into vessels",
        "Folders inside it are passed over, with a word: vessels have none.",
        "uploaddir experiment",
        _uploaddir,
        (),
        CHAPTER,
    ),
    Word(
        "download",
        "REMOTE [into FOLDER]",
        "Fetch a file of each vessel",
        "One file a vessel, called NODE-VESSEL-NAME, here or in FOLDER.",
        "download row.txt\ndownload row.txt into results",
        _download,
        (),
        CHAPTER,
    ),
    Word(
        "collect",
        "[into FOLDER]",
        "Fetch all files of each vessel",
        "One folder a vessel, called NODE-VESSEL, in FOLDER or in `collected`.",
        "collect\ncollect into results",
        _collect,
        (),
        CHAPTER,
    ),
    Word(
        "cat",
        "REMOTE",
        "Print a file of each vessel",
        "Each line is marked with its vessel, as in logs.",
        "cat row.txt",
        _cat,
        (),
        CHAPTER,
    ),
    Word(
        "delete",
        "REMOTE",
        "Delete a file in vessels",
        "There is no way to get it back.",
        "delete data.txt",
        _delete,
        (),
        CHAPTER,
    ),
    Word(
        "show files",
        "",
        "The files in vessels",
        "With their sizes.",
        "show files",
        _show_files,
        ("show file", "files"),
        CHAPTER,
    ),
)
