"""Words about words: help, and those of plug-ins."""

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.topics import TOPICS
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.cli.shell.words_session import session_word
from seattle_p2p.errors import UsageError

WIDTH = 76


async def _help(turn: Turn) -> int:
    topic, table = turn.told.all("TOPIC"), turn.session.table
    name = " ".join(topic)
    if not topic:
        return _help_all(turn)
    if name in TOPICS:
        if not turn.answer({"text": TOPICS[name]}):
            click.echo(TOPICS[name])
        return 0
    seconds = table.second_words(name)
    family = list(dict.fromkeys(table.need([name, second])[0] for second in seconds))
    if not family or table.find(topic) is not None:
        word, rest = table.need(topic)
        if rest:
            raise UsageError(f"there is no help on {name!r}", hint="`help` lists what there is")
        if turn.answer({"words": [_described(w) for w in (word, *family)]}):
            return 0
        _teach(word)
    elif turn.answer({"words": [_described(word) for word in family]}):
        return 0
    if family:
        width = max(len(word.written) for word in family)
        click.echo("")
        for word in family:
            click.echo(f"  {word.written:<{width}}  {word.line}")
    return 0


def _described(word: Word) -> dict[str, object]:
    """A word for JSON."""
    return {
        "name": word.name,
        "usage": word.written,
        "line": word.line,
        "teach": word.teach,
        "example": word.example.splitlines(),
        "also": list(word.also),
    }


def _teach(word: Word) -> None:
    click.echo(f"{word.written}\n")
    click.echo(click.wrap_text(f"{word.line}. {word.teach}", WIDTH, "  ", "  "))
    if word.also:
        click.echo(f"\n  also written: {', '.join(word.also)}")
    click.echo("\n  for example:")
    for line in word.example.splitlines():
        click.echo(f"    {line}")


def _help_all(turn: Turn) -> int:
    table = turn.session.table
    if turn.answer({"words": [_described(word) for word in table]}):
        return 0
    chapters: dict[str, list[Word]] = {}
    for word in table:
        chapters.setdefault(word.chapter, []).append(word)
    for chapter, words in chapters.items():
        click.echo(click.style(chapter, bold=True) if output.colour() else chapter)
        for word in words:
            click.echo(f"  {word.name:<16} {word.line}")
    click.echo("")
    click.echo("`help WORD` says more, with an example. Also: " + ", ".join(TOPICS) + ".")
    return 0


async def _show_plugins(turn: Turn) -> int:
    plugins = turn.session.plugins.all
    if turn.answer(
        {
            "plugins": [
                {
                    "name": p.name,
                    "enabled": p.enabled,
                    "words": [word.name for word in p.words],
                    "problem": p.problem,
                }
                for p in plugins
            ]
        }
    ):
        return 0
    if not plugins:
        output.note("no plug-ins are installed; `help plug-ins` says how to write one")
        return 0
    output.table(
        ("PLUG-IN", "STATE", "WORDS"),
        [
            (
                p.name,
                p.problem or ("on" if p.enabled else "off"),
                ", ".join(w.name for w in p.words) or "-",
            )
            for p in plugins
        ],
    )
    return 0


async def _enable(turn: Turn) -> int:
    plugin = turn.session.plugins.enable(turn.told.one("PLUGIN"))
    output.note(f"{plugin.name} is on: {', '.join(word.name for word in plugin.words)}")
    return 0


async def _disable(turn: Turn) -> int:
    plugin = turn.session.plugins.disable(turn.told.one("PLUGIN"))
    output.note(f"{plugin.name} is off")
    return 0


WORDS = (
    session_word(
        "show plugins",
        "",
        "Words from other packages",
        "A package gives words by an entry point; see `help plug-ins`.",
        "show plugins",
        _show_plugins,
        "show plugin",
        "show modules",
    ),
    session_word(
        "enable",
        "PLUGIN",
        "Switch a plug-in on",
        "It stays on in later sessions.",
        "enable geography",
        _enable,
    ),
    session_word(
        "disable",
        "PLUGIN",
        "Switch a plug-in off",
        "It stays off in later sessions.",
        "disable geography",
        _disable,
    ),
    session_word(
        "help",
        "[TOPIC]...",
        "Explain a word, with an example",
        "Without TOPIC: all words.",
        "help\nhelp upload\nhelp set\nhelp targets",
        _help,
    ),
)
