"""Overlay messages: one class per message, one datagram each.

A request carries a number that only its receiver learns, and the receiver's address token if
the sender has one. A reply repeats the number, gives a fresh token when the request's was not
current, and says at which endpoint the request was seen to come from. Requests whose replies
may be larger end in padding: to an address without a valid token no reply is larger than its
request.

On the wire each is a msgpack array: the class's tag, then the fields in order.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES, MAX_SEALED_BYTES, MAX_SPLIT_BITS

Number = Annotated[int, Meta(ge=0)]
"""64 random bits; also what an id proof must cover."""
Token = Annotated[bytes, Meta(max_length=8)]
"""8 octets, or none."""
Id = Annotated[bytes, Meta(min_length=20, max_length=20)]
MaybeId = Annotated[bytes, Meta(max_length=20)]
Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
MaybeKey = Annotated[bytes, Meta(max_length=32)]
MaybeSignature = Annotated[bytes, Meta(max_length=64)]
PackedEndpoint = Annotated[bytes, Meta(max_length=64)]
"""Family octet, address, port; other families may come."""
PackedPeers = Annotated[list[Annotated[bytes, Meta(max_length=96)]], Meta(max_length=40)]
"""Ids (20 octets), each with one or more packed endpoints, the proved one first."""
Families = Annotated[int, Meta(ge=0, lt=8)]
"""Which endpoints the asker can use: 1 IPv4, 2 IPv6, 3 both."""
Padding = Annotated[bytes, Meta(max_length=MAX_DATAGRAM_BYTES)]
Depth = Annotated[int, Meta(ge=0, le=MAX_SPLIT_BITS)]
MaybeDigest = Annotated[bytes, Meta(max_length=8)]
Seconds = Annotated[int, Meta(ge=0)]


class Message(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What every message begins with."""

    number: Number
    token: Token


class Request(Message, frozen=True, array_like=True, gc=False):
    """A message that asks; `token` is the receiver's, or empty."""


class Reply(Message, frozen=True, array_like=True, gc=False):
    """A message that answers; `token` is the answerer's for the asker's address, or empty.

    `seen` is the endpoint the request came from; `known` whether the asker has proved its id
    at it.
    """

    seen: PackedEndpoint
    known: bool


class Ping(Request, frozen=True, array_like=True, tag=1, gc=False):
    """Are you there, and who do you say you are?"""

    sender: Id
    server: bool
    padding: Padding


class Pong(Reply, frozen=True, array_like=True, tag=2, gc=False):
    """The claimed id of who answers a `Ping`, and whether it is a server."""

    sender: Id
    server: bool


class Introduce(Request, frozen=True, array_like=True, tag=3, gc=False):
    """Prove your id to me; here is mine, if `signature` is there.

    `seen` is where the sender sees the receiver. The signature is over the receiver's token,
    both ids and the endpoint at which the receiver last said it sees the sender.
    """

    key: Key
    server: bool
    seen: PackedEndpoint
    signature: MaybeSignature


class Introduced(Reply, frozen=True, array_like=True, tag=4, gc=False):
    """The proof asked for: a signature over the request's number, both ids and its `seen`.

    Without key and signature: prove yourself first, for I do not know that endpoint as mine, or
    your token was none of mine.
    """

    key: MaybeKey
    server: bool
    signature: MaybeSignature


class Find(Request, frozen=True, array_like=True, tag=5, gc=False):
    """Who do you know close to `target`?"""

    sender: Id
    server: bool
    families: Families
    target: Id
    padding: Padding


class Found(Reply, frozen=True, array_like=True, tag=6, gc=False):
    """The closest peers the answerer has proof of; `wanted`: it has a place for the asker.

    `sender` is the answerer's claimed id: whoever was named under a false one says so.
    """

    sender: Id
    wanted: bool
    peers: PackedPeers


class Read(Request, frozen=True, array_like=True, tag=7, gc=False):
    """Which adverts lie at `place`, and who is close to it?

    Only of nodes whose id begins with the `bits` bits of `prefix`, only after the id `after`;
    none at all when `digest` is still right. Without `families`, peers are not wanted.
    """

    place: Id
    families: Families
    bits: Annotated[int, Meta(ge=0, le=16)]
    prefix: Annotated[int, Meta(ge=0, lt=65536)]
    after: MaybeId
    digest: MaybeDigest
    padding: Padding


class Adverts(Reply, frozen=True, array_like=True, tag=8, gc=False):
    """A page of sealed adverts, by rising node id.

    `total` and `digest` are of the whole range asked for; `last` is the node id after which to
    go on, empty when this was the end; `split` > 0: more lie under subkeys of so many bits.
    `sender` is the answerer's claimed id.
    """

    sender: Id
    peers: PackedPeers
    total: Annotated[int, Meta(ge=0)]
    digest: MaybeDigest
    last: MaybeId
    split: Depth
    adverts: Annotated[
        list[Annotated[bytes, Meta(max_length=MAX_SEALED_BYTES)]], Meta(max_length=40)
    ]


class Store(Request, frozen=True, array_like=True, tag=9, gc=False):
    """Keep this record of mine, under the subkey of `depth` bits.

    `key` and `signature` prove the sender's id as in `Introduce`; empty when it is known.
    """

    key: MaybeKey
    signature: MaybeSignature
    depth: Depth
    record: Record


class Withdraw(Request, frozen=True, array_like=True, tag=10, gc=False):
    """Remove my record from `place`. Proof as in `Store`."""

    key: MaybeKey
    signature: MaybeSignature
    place: Id
    padding: Padding


class Stored(Reply, frozen=True, array_like=True, tag=11, gc=False):
    """What became of a `Store` or `Withdraw`: one of `Outcome`.

    `lifetime_s` as granted; `split` > 0: store it under the subkey of so many bits.
    """

    outcome: Annotated[int, Meta(ge=0, le=255)]
    lifetime_s: Seconds
    split: Depth


class Report(Request, frozen=True, array_like=True, tag=12, gc=False):
    """The node advertised at `place` does not answer: see for yourself."""

    place: Id
    node: Id


class Noted(Reply, frozen=True, array_like=True, tag=13, gc=False):
    """A `Report` or `Dial` was heard."""


class DialMe(Request, frozen=True, array_like=True, tag=14, gc=False):
    """Have others knock at my address, with this request's number, to see who can reach me."""

    padding: Padding


class Dialling(Reply, frozen=True, array_like=True, tag=15, gc=False):
    """So many others were asked to knock."""

    asked: Annotated[int, Meta(ge=0)]


class Dial(Request, frozen=True, array_like=True, tag=16, gc=False):
    """Knock at `endpoint` with `code`, for its holder asked me to have it tried."""

    endpoint: PackedEndpoint
    code: Number
    padding: Padding


class Knock(Message, frozen=True, array_like=True, tag=17, gc=False):
    """Somebody can reach you: `number` is that of your `DialMe`. Asks for no answer."""


class Outcome:
    """What a holder did with a record."""

    DONE: Final = 0
    UNPROVED: Final = 1
    """Prove your id at this address first."""
    REFUSED: Final = 2
    """Unsound, not the sender's own, or not for this place."""
    OLDER: Final = 3
    """A newer one is here."""
    FULL: Final = 4
    """No room for one more from this sender or its IP group."""
    SPLIT: Final = 5
    """The key is crowded: store it under a subkey."""


REPLIES: dict[type[Request], type[Reply]] = {
    Ping: Pong,
    Introduce: Introduced,
    Find: Found,
    Read: Adverts,
    Store: Stored,
    Withdraw: Stored,
    Report: Noted,
    DialMe: Dialling,
    Dial: Noted,
}
"""Which reply answers which request; another one is dropped."""
