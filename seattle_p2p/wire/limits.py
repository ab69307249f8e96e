"""Every size and count limit of the protocols, in one place, with its reason.

Sizes are bytes of the encoded form, unless the name says otherwise.
"""

from typing import Final

MAX_DATAGRAM_BYTES: Final = 1232
"""Overlay datagram: fits the smallest IPv6 link (1280; RFC 8200, 5) in one piece."""

MAX_NETWORK_NAME: Final = 64
"""Characters of a network's name."""

MAX_ENDPOINTS: Final = 8
"""Addresses one node may name: two families, a few interfaces, room for relays."""

MAX_USERS: Final = 16
"""User keys of one vessel: a group of people, not a crowd; hand out a split beyond that."""

MAX_FILE_NAME: Final = 120
"""Characters of a file's name in a vessel, as Repy has it."""

FILE_NAME = rf"[a-z0-9_-][a-z0-9._-]{{0,{MAX_FILE_NAME - 1}}}"
"""Pattern of all of a file's name in a vessel: no folders, and nothing that hides."""

MAX_COMMAND_BYTES: Final = 64 * 1024
"""Signed head of a command: users, or a program's arguments; bodies follow it in a stream."""

MAX_REPLY_BYTES = 2 * 1024 * 1024
"""Signed head of a reply: vessels of a crowded node (some 600 bytes each), a piece of log."""

ENVELOPE_BYTES: Final = 1024
"""Left for the envelope around a signed body: keys, challenge, signature, and then some."""

MAX_HELLO_BYTES: Final = 4 * 1024
"""What two sides tell each other before anything is signed."""

MAX_WALLS: Final = 32
"""Layers of containment that a node names to strangers."""

MAX_ARGUMENTS: Final = 256
"""Arguments of a program."""

MAX_ARGUMENT_BYTES: Final = 32 * 1024
"""All arguments of a program together, in UTF-8."""

MAX_OWNER_INFORMATION: Final = 256
"""Characters of an owner's label on a vessel: a line of a table, not a document."""

MAX_LOG_READ: Final = 256 * 1024
"""Log handed over in one signed reply; more is read by asking again, or by following."""

FOLLOW_BYTES: Final = 16 * 1024
"""Log in one frame when many are followed: small, so that they come in order of time."""

MAX_FOLLOWED: Final = 256
"""Logs followed over one connection: more vessels than a machine's ports can be divided for."""

STREAM_FRAME_BYTES: Final = 64 * 1024
"""Most of a streamed body in one frame, so that either side holds little of it at a time."""

MAX_REMEMBERED_COMMANDS: Final = 20_000
"""Results kept per key, so that one key cannot fill a donor's disk: 24 h at one every 4 s."""

REMEMBER_COMMANDS_S: Final = 24 * 3600
"""How long a command's result can be asked for again, in seconds of the node's running time."""

AUDIT_ENTRIES: Final = 10_000
"""Audit trail of a node: about 2 MB, months of ordinary use."""

CHALLENGE_IDLE_S: Final = 60
"""A challenge nobody uses dies, and its connection is closed."""

MAX_PLAN_BYTES: Final = 256 * 1024
"""A plan or an installer: a hundred vessels with all their users fit three times."""

MAX_SEEDS: Final = 32
"""Seeds in one installer: enough that some live, few enough to ask all at once."""

MAX_PLAN_NOTE: Final = 500
"""Characters a planner may say to donors: a paragraph, shown before they install."""

MAX_FILES_PER_VESSEL: Final = 1000
"""Files of one vessel: room for an experiment's results, no way to use up a disk's inodes."""

OVERLAY_MAGIC: Final = b"\xd5\xeaP2"
"""First octets of every overlay datagram. Brokers neither send nor deliver vessel datagrams
that begin so: a vessel must not become a ready-made peer."""

MAX_SEALED_BYTES: Final = 640
"""Sealed body of an advert: eight endpoints of any kind; a store of it fits a datagram."""

MAX_LIFETIME_S: Final = 86_400
"""Longest life of an advert at its holders: what is dead is forgotten within a day."""

MAX_SPLIT_BITS: Final = 8
"""Bits of the node id that may choose a subkey of a crowded key: 256 subkeys."""

MAX_CONNECTIONS: Final = 512
"""Open connections to a node manager: half of the usual limit on open files."""

MAX_CONNECTIONS_PER_ADDRESS: Final = 128
"""Of them from one address, of IPv6 one /48: a laboratory behind a NAT, all following logs."""

MAX_CONNECTIONS_PER_KEY: Final = 128
"""Of them of one key, from wherever: a person at several desks, not every place there is."""

MAX_BATCH: Final = 32
"""Commands in one batch: so much of a connection's work before others have their turn."""

MAX_PARTS: Final = 16
"""Vessels that come out of one split, or go into one join."""

MAX_LAYER_BYTES: Final = 100_000
"""A security layer's text (Seattle's limit)."""

MAX_LAYERS: Final = 16
"""Security layers of one vessel: each costs every call that goes through it."""

MAX_RESTRICTIONS: Final = 8 * 1024
"""Characters of one part's restrictions in a split: the amounts, and every vessel port."""
