"""What is said on a connection before anything is signed."""

from typing import Annotated

import msgspec

from seattle_p2p.identity.envelope import CHALLENGE_BYTES
from seattle_p2p.wire.doors import Door
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.fields import Count, Key
from seattle_p2p.wire.limits import MAX_HELLO_BYTES, MAX_NETWORK_NAME, MAX_WALLS

PROTOCOL_VERSION = 1


class Hello(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """A client's first words on a connection: its version and its network."""

    version: Count
    network: Annotated[str, msgspec.Meta(max_length=MAX_NETWORK_NAME)]


class Welcome(msgspec.Struct, frozen=True, array_like=True, tag="welcome"):
    """What a stranger may know of a node.

    `challenge` is 16 fresh bytes for this connection, empty when nobody asked for one; `layers`
    names what stands between a program and the machine there.
    """

    version: Count
    network: Annotated[str, msgspec.Meta(max_length=MAX_NETWORK_NAME)]
    node: Key
    layers: Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_WALLS)]
    challenge: Annotated[bytes, msgspec.Meta(max_length=CHALLENGE_BYTES)] = b""


hello_door: Door[Hello] = Door(Hello, MAX_HELLO_BYTES, "hello")
welcome_door: Door[Welcome | Failed] = Door(Welcome | Failed, MAX_HELLO_BYTES, "welcome")
