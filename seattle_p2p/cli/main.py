"""`seattle`: one word per job, each in its own module, imported only when it is called."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence

import click

from seattle_p2p import __version__
from seattle_p2p.cli import output
from seattle_p2p.errors import (
    InternalError,
    NotPermitted,
    SeattleError,
    UsageError,
    WeakContainment,
)

EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED, EXIT_INTERRUPTED = 1, 2, 5, 130

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "A whole network on this machine, from start to end."),
    "keys": ("keys:keys", "Make, list and show your key pairs."),
    "browse": ("browse:browse", "Find every vessel that your key controls."),
    "list": ("vessels:list_vessels", "Known vessels, with their state now."),
    "run": ("vessels:run", "Upload a program, start it and follow its log."),
    "upload": ("files:upload", "Put a file into vessels."),
    "download": ("files:download", "Fetch a file from vessels."),
    "files": ("files:files", "List the files in vessels."),
    "cat": ("files:cat", "Print a file of vessels."),
    "collect": ("files:collect", "Fetch all files of vessels into one folder."),
    "delete": ("files:delete", "Delete a file in vessels."),
    "start": ("vessels:start", "Start a program that is in the vessels already."),
    "stop": ("vessels:stop", "Stop the program in vessels."),
    "reset": ("vessels:reset", "Stop, and remove files and logs of vessels."),
    "wait": ("vessels:wait", "Wait until no program runs in vessels."),
    "logs": ("logs:logs", "Read or follow the logs of vessels, as one."),
    "watch": ("watch:watch", "A live table of vessels: state, CPU, memory, last line."),
    "info": ("owner:info", "All that is known of vessels; put a label on them."),
    "resources": ("owner:resources", "What vessels may use, and use now."),
    "users": ("owner:users", "Show or say who may use vessels."),
    "owner": ("owner:owner", "Show who owns vessels, or hand them over."),
    "split": ("dividing:split", "Make several vessels of one."),
    "join": ("dividing:join", "Make one vessel of several on a machine."),
    "advertise": ("owner:advertise", "Say whether vessels are found by browsing."),
    "layers": ("layers:layers", "Put security layers between programs and their calls."),
    "keep-running": ("owner:keep_running", "Say whether programs are started again."),
    "shell": ("shell.command:shell", "All of this at one prompt, or as a script."),
    "exec": ("exec:execute", "Run one program in a vessel here, in the foreground."),
    "migrate": ("migrate:migrate", "Translate a Repy V2 program (Python 2)."),
    "examples": ("examples:examples", "Small programs to read, run and change."),
    "api": ("api:api", "What programs may call: costs, exceptions, examples."),
    "donor": ("donor:donor", "Give a part of this machine; watch, pause, leave."),
    "doctor": ("doctor:doctor", "Which walls this machine can put around programs."),
    "planner": ("planner:planner", "Decide the shares and build a signed installer."),
    "seed": ("seed:seed", "Run a node that others join through."),
    "overlay": ("overlay:overlay", "Look inside the network: lookups, tables, counters."),
    "sim": ("sim:sim", "Run the overlay in virtual time."),
    "schema": ("schema:schema", "What a command prints with --json, as JSON Schema."),
    "completion": ("completion:completion", "Set up tab completion for your shell."),
}
"""Name → module:attribute in this package, and the line that `--help` shows for it."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of `COMMANDS`: the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module behind a name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        loaded = getattr(importlib.import_module(f"seattle_p2p.cli.{module}"), attribute)
        assert isinstance(loaded, click.Command)
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List names and lines without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest name when there is no such command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            meant = f"did you mean `seattle {near[0]}`?" if near else "see `seattle --help`"
            raise UsageError(f"there is no command {args[0]!r}", hint=meant)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seattle")
def seattle() -> None:
    """A testbed of donated computers without a centre.

    Donors give slices of their machines, planners decide whose they are, researchers run
    programs in them. New here? `seattle demo` shows all of it on this machine.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: runs a command and turns every error into words and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _open_missing_streams()
    try:
        code = run(given)
    except Exception as mistake:
        if os.environ.get("SEATTLE_TRACEBACK"):
            raise
        code = _tell_or_be_silent(_our_mistake(mistake), given)
    _settle_streams()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit code."""
    try:
        code = seattle.main(args=arguments, prog_name="seattle", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SeattleError as error:
        return _tell_or_be_silent(error, arguments)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return EXIT_INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return EXIT_USAGE
    except click.ClickException as error:
        wrapped = UsageError(error.format_message(), hint=f"see `{_help_of(error)} --help`")
        return _tell_or_be_silent(wrapped, arguments)
    except BrokenPipeError:
        return EXIT_FAILED
    except OSError as reason:
        return _tell_or_be_silent(_refused_by_system(reason), arguments)


def _tell_or_be_silent(error: SeattleError, arguments: Sequence[str]) -> int:
    """Stdout may be why it failed (a full disk, a reader that is gone); stderr may still do."""
    for as_json in ("--json" in arguments, False):
        with contextlib.suppress(OSError):
            return tell(error, as_json=as_json)
    return EXIT_FAILED


def _refused_by_system(reason: OSError) -> SeattleError:
    where = f" ({reason.filename})" if reason.filename else ""
    return SeattleError(
        f"the system refused: {reason.strerror or reason}{where}",
        hint="does that file or folder belong to this account, is there room on the disk?",
    )


def _our_mistake(mistake: Exception) -> SeattleError:
    return InternalError(
        f"seattle itself made a mistake: {type(mistake).__name__}: {mistake}",
        hint="please report it; SEATTLE_TRACEBACK=1 in front of the command shows where",
    )


def _open_missing_streams() -> None:
    """A closed stream (`>&-`) becomes one that takes everything and shows nothing."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - stays


def _settle_streams() -> None:
    """Write what is left; where that fails, the interpreter must not fail at it again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def tell(error: SeattleError, *, as_json: bool) -> int:
    """Say what went wrong, why and what to do next; returns the exit code that goes with it."""
    if as_json:
        problem = {"code": error.code, "message": error.message, "hint": error.hint}
        output.line({"error": problem})
    output.note(f"error: {error.message}")
    if error.hint:
        output.note(f"  next: {error.hint}")
    if isinstance(error, UsageError):
        return EXIT_USAGE
    return EXIT_REFUSED if isinstance(error, NotPermitted | WeakContainment) else EXIT_FAILED


def _help_of(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "seattle"


if __name__ == "__main__":
    main()
