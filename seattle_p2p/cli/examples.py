"""`seattle examples`: small programs to read, run and change."""

from importlib import resources
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.errors import UsageError

SUFFIX = ".r2py"


def texts() -> dict[str, str]:
    """Every example by its name."""
    folder = resources.files("seattle_p2p") / "examples"
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(SUFFIX): file.read_text("utf-8")
        for file in found
        if file.name.endswith(SUFFIX)
    }


def what(text: str) -> str:
    """The first sentence of an example, without the comment's mark."""
    return text.split("\n", 1)[0].lstrip("# ").rstrip(".")


@click.command("examples")
@click.option("--into", metavar="DIR", help="Write them there instead; nothing is overwritten.")
@output.json_option
@click.argument("name", required=False, default="")
def examples(into: str | None, as_json: bool, name: str) -> None:
    """List small programs, show NAME, or write one or all into a folder.

    \b
        seattle examples
        seattle examples udp
        seattle examples --into programs
    """
    found = texts()
    if name:
        wanted = name.removesuffix(SUFFIX)
        if wanted not in found:
            raise UsageError(
                f"there is no example {name!r}", hint="`seattle examples` lists them"
            )
        found = {wanted: found[wanted]}
    written = _write(found, Path(into)) if into else {}
    if as_json:
        rows = [
            {"name": n, "what": what(t), "text": t, "path": written.get(n, "")}
            for n, t in found.items()
        ]
        output.document({"examples": rows})
    elif into:
        click.echo("\n".join(written.values()))
    elif name:
        click.echo(found[wanted], nl=False)
    else:
        output.table(("EXAMPLE", "WHAT IT DOES"), [(n, what(t)) for n, t in found.items()])


def _write(found: dict[str, str], folder: Path) -> dict[str, str]:
    paths = {name: folder / (name + SUFFIX) for name in found}
    for path in paths.values():
        if path.exists():
            raise UsageError(f"{path} is there already", hint="give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in paths.items():
        path.write_text(found[name], "utf-8")
    return {name: str(path) for name, path in paths.items()}
