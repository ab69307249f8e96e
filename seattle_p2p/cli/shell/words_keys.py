"""Words about key pairs and who speaks: genkeys, loadkeys, loadpub, show keys.

`as` and `on` are carried out where lines are (`running`); what they mean stands here.
"""

from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.places import keys_dir
from seattle_p2p.cli.shell.people import Identity, identity_of
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.identity.keystore import (
    SUFFIX,
    Keystore,
    StoredKey,
    generate,
    read_stored_key,
)

CHAPTER = "Keys"
MAX_KEY_FILE_BYTES = 4096


async def _genkeys(turn: Turn) -> int:
    name = turn.told.one("NAME")
    secret = ""
    if turn.told.has("--passphrase"):
        secret = await turn.session.identities.ask(f"new passphrase of {name}")
        if secret != await turn.session.identities.ask("the same again"):
            raise UsageError("the two passphrases differ; no key was made")
    stored = Keystore(keys_dir()).save(name, generate(), secret)
    _meet(turn, identity_of(stored))
    if not turn.session.as_json:
        guard = "sealed by your passphrase" if stored.sealed else "guarded by its file mode"
        output.note(f"made {stored.path} ({guard}); give planners the public half:")
        click.echo(stored.public.text)
    return 0


async def _loadkeys(turn: Turn) -> int:
    stored = _stored(turn.told.one("FILE"))
    _meet(turn, identity_of(stored, turn.told.one("NAME")))
    return 0


def _stored(written: str) -> StoredKey:
    """The key file of that path, or the key of that name in this account."""
    for path in (Path(written).expanduser(), Path(written + SUFFIX).expanduser()):
        if path.is_file():
            return read_stored_key(path)
    return Keystore(keys_dir()).find(written)


async def _loadpub(turn: Turn) -> int:
    written, name = turn.told.one("KEY"), turn.told.one("NAME")
    path = Path(written).expanduser()
    if path.is_file():
        with path.open("rb") as file:
            text = file.read(MAX_KEY_FILE_BYTES).decode("utf-8", "replace")
        public = read_stored_key(path).public if "{" in text else PublicKey.from_text(text)
        name = name or path.name.partition(".")[0]
    else:
        public = PublicKey.from_text(written)
        name = name or public.short
    _meet(turn, Identity(name, public))
    return 0


def _meet(turn: Turn, identity: Identity) -> None:
    """Know an identity; it speaks from now on if nobody did."""
    turn.session.meet(identity)
    if not turn.session.identity and identity.path is not None:
        turn.session.identity = identity.name
    if not turn.answer({"identity": identity.name, "public": identity.public.text}):
        both = "both halves" if identity.path else "public half"
        output.note(f"{identity.name}: {identity.public.short}… ({both})")


async def _show_identities(turn: Turn) -> int:
    session = turn.session
    if turn.answer(
        {
            "identities": [
                {"name": i.name, "public": i.public.text, "private": i.path is not None}
                for i in session.identities
            ]
        }
    ):
        return 0
    rows = [
        ("*" if i.name == session.identity else "", i.name, i.public.text, _halves(i))
        for i in session.identities
    ]
    output.table(("", "NAME", "PUBLIC KEY", "HELD"), rows)
    return 0


def _halves(identity: Identity) -> str:
    if identity.path is None:
        return "public half"
    return "both halves, sealed" if identity.sealed else "both halves"


WORDS = (
    Word(
        "genkeys",
        "[--passphrase] NAME",
        "Make a key pair",
        "A key is who you are: vessels are found by it and obey it. The file goes to the keys "
        "of this account and is never written over another. With --passphrase it is sealed; "
        "you are asked for the passphrase once a session.",
        "genkeys alice\ngenkeys --passphrase bob",
        _genkeys,
        ("genkey",),
        CHAPTER,
    ),
    Word(
        "loadkeys",
        "FILE [as NAME]",
        "Use a key pair of this machine",
        "FILE is a key file, or the name of a key that `genkeys` or `seattle keys new` made. "
        "All keys of this account are loaded when the shell begins; this is for others.",
        "loadkeys ~/carol.key\nloadkeys ~/old.key as carol",
        _loadkeys,
        ("loadkey", "loadpriv"),
        CHAPTER,
    ),
    Word(
        "loadpub",
        "KEY [as NAME]",
        "Know somebody's public key",
        "KEY is the 56 characters that `seattle keys show` prints, or a file with them. "
        "Vessels can be given to people whose public key has a name here.",
        "loadpub bob.public as bob\non %1 set users bob",
        _loadpub,
        (),
        CHAPTER,
    ),
    Word(
        "show identities",
        "",
        "Who can speak or be named here",
        "The private half of a key is never shown.",
        "show identities",
        _show_identities,
        ("show identity", "show keys", "show key"),
        CHAPTER,
    ),
)
