"""Commands to node managers: what is signed, and how every message beside it is written.

Everything is MessagePack. A message is an array whose first item names its kind, so that each
class of `greeting`, `actions` and `results` is one kind on the wire; fields are only ever added
at the end. Signatures are the envelope's business (`identity/envelope.py`); layouts and test
vectors: docs/spec/commands.md.
"""

import msgspec

from seattle_p2p.identity.keys import digest
from seattle_p2p.wire.actions import Action
from seattle_p2p.wire.doors import Door
from seattle_p2p.wire.fields import CommandId
from seattle_p2p.wire.greeting import Hello, Welcome
from seattle_p2p.wire.limits import MAX_COMMAND_BYTES
from seattle_p2p.wire.results import LogPiece, Result, StreamEnd


class Command(msgspec.Struct, frozen=True, array_like=True):
    """What is signed: an action under a random id that stays the same when it is sent again."""

    id: CommandId
    action: Action


command_door: Door[Command] = Door(Command, MAX_COMMAND_BYTES, "command")
_encoder = msgspec.msgpack.Encoder()


def encode(message: Hello | Welcome | Command | Result | StreamEnd | LogPiece) -> bytes:
    """The bytes of any message of a connection, commands and results included."""
    return _encoder.encode(message)


def command_digest(sender: bytes, command: Command) -> bytes:
    """32 bytes that stand for what `sender` asked, whatever connection it came over."""
    return digest(sender + encode(command), label=b"command")
