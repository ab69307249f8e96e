"""`seattle migrate`: a program of Repy V2 or Python 2, in the language of programs here."""

import sys
from pathlib import Path

import click
import msgspec

from seattle_p2p.cli.output import document, json_option, note
from seattle_p2p.errors import UsageError

EXIT_REFUSED = 3


@click.command("migrate")
@click.option("-o", "--output", metavar="FILE", help="Write there; to stdout if not given.")
@click.option("--force", is_flag=True, help="Write over a FILE that is there.")
@click.option("--no-marks", is_flag=True, help="Leave out the comments that say LOOK.")
@json_option
@click.argument("program")
def migrate(
    output: str | None, force: bool, no_marks: bool, as_json: bool, program: str
) -> int:
    """Translate PROGRAM; say, line by line, what was done and what a person must look at.

    Lines keep their numbers, but for helpers that stand in front. Exit code: 0 when the
    language takes the result, 3 when it does not yet.
    """
    from seattle_p2p.vessel.migration.translate import translate

    source = Path(program)
    target = None if output is None else Path(output)
    if not source.is_file():
        raise UsageError(f"there is no program {program!r}", hint="give the path of a file")
    if target is not None and target.exists() and not force:
        raise UsageError(
            f"{target} is there already", hint="give another name, or --force to write over it"
        )
    result = translate(source.read_bytes(), marks=not no_marks)
    if target is not None:
        target.write_text(result.text, "utf-8")
    if as_json:
        document(
            msgspec.to_builtins(result) | {"output": output, "accepted": not result.refused}
        )
    elif target is None:
        sys.stdout.buffer.write(result.text.encode("utf-8", "replace"))
    for remark in (*result.to_look_at, *result.refused):
        where = f"{program}:{remark.line}"
        note(f"{where}: {'refused: ' if remark in result.refused else ''}{remark.what}")
    note(_summary(len(result.remarks) - len(result.to_look_at), len(result.to_look_at)))
    return EXIT_REFUSED if result.refused else 0


def _summary(done: int, looks: int) -> str:
    places = "nothing" if looks == 0 else f"{looks} place{'s' if looks > 1 else ''}"
    return f"{done} change{'' if done == 1 else 's'}; {places} for a person to look at"
