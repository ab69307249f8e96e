"""The shell's own words, in the order in which help lists them."""

from seattle_p2p.cli.shell import (
    words_dividing,
    words_files,
    words_finding,
    words_groups,
    words_help,
    words_keys,
    words_owner,
    words_programs,
    words_session,
    words_showing,
    words_state,
)
from seattle_p2p.cli.shell.words import Table


def built_in_words() -> Table:
    """A fresh table of them."""
    modules = (
        words_keys,
        words_finding,
        words_showing,
        words_groups,
        words_programs,
        words_files,
        words_owner,
        words_dividing,
        words_session,
        words_state,
        words_help,
    )
    return Table(word for module in modules for word in module.WORDS)
