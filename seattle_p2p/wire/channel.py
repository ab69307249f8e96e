"""How a conversation travels: binary WebSocket messages whose first octet names their kind.

    client  HELLO                     node  WELCOME (a welcome, or why not)
            (or in the request that opens the WebSocket: a round trip less)
    client  COMMAND                   node  REPLY
    client  COMMAND_WITH_BODY, PIECE…, END
                                      node  STREAM, PIECE…, END (signed)
                                      node  REFUSED (unsigned), then the end

A client's END holds the last piece; a reply may come before it: the client then sends an empty
END at once. Pieces hold at most 64 KiB. Nothing here is believed: what counts is signed inside.
"""

from seattle_p2p.wire.limits import (
    ENVELOPE_BYTES,
    MAX_COMMAND_BYTES,
    MAX_REPLY_BYTES,
    STREAM_FRAME_BYTES,
)

HELLO = b"h"
HELLO_IN_REQUEST = "hello"
"""Name in the query of the request; the value is hexadecimal."""
COMMAND = b"c"
COMMAND_WITH_BODY = b"b"
WELCOME = b"w"
REPLY = b"r"
STREAM = b"s"
REFUSED = b"x"
PIECE = b"p"
END = b"e"

MAX_MESSAGE_BYTES = max(MAX_COMMAND_BYTES, STREAM_FRAME_BYTES) + ENVELOPE_BYTES
"""Longest message to a node."""
MAX_ANSWER_BYTES = MAX_REPLY_BYTES + ENVELOPE_BYTES
"""Longest message of a node."""
