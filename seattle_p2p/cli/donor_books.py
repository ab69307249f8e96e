"""`seattle donor audit`, and what `donor status --audit` adds: a donor's books."""

import time
from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output

if TYPE_CHECKING:
    from seattle_p2p.manager.books import Books
    from seattle_p2p.manager.trail import AuditEntry


def print_books(books: "Books") -> None:
    """Every resource: what vessels have, what their offcuts cost, what was given."""
    output.table(
        ["RESOURCE", "VESSELS", "OFFCUTS", "GIVEN", ""],
        [
            [
                entry.resource,
                f"{entry.vessels:.12g}",
                f"{entry.offcuts:.12g}",
                f"{entry.granted:.12g}",
                "ok" if entry.balanced else "DIFFERS",
            ]
            for entry in books.entries
        ],
    )
    for problem in books.problems:
        output.note(f"the books do not balance: {problem}")
    if not books.problems:
        output.note(f"all that was given is in {books.vessels} vessels and their offcuts")


def print_trail(entries: "list[AuditEntry]") -> None:
    """Who did what, and what came of it."""
    output.table(
        ["WHEN", "WHO", "WHAT", "VESSEL", "OUTCOME"],
        [
            [
                time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at)),
                entry.person.short,
                entry.action,
                entry.vessel,
                entry.outcome,
            ]
            for entry in entries
        ],
    )


def trail_document(entries: "list[AuditEntry]") -> dict[str, object]:
    """The same for programs."""
    return {
        "entries": [
            {
                "number": entry.number,
                "at": entry.at,
                "person": entry.person.text,
                "action": entry.action,
                "vessel": entry.vessel,
                "outcome": entry.outcome,
            }
            for entry in entries
        ]
    }


limit_option = click.option(
    "--limit",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="Newest entries to show; some 10 000 are kept.",
)
