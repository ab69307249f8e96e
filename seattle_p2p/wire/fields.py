"""What stands in the fields of commands and their results."""

from typing import Annotated

import msgspec

from seattle_p2p.identity.keys import KEY_BYTES
from seattle_p2p.wire.limits import FILE_NAME, MAX_ARGUMENT_BYTES, MAX_FILE_NAME

COMMAND_ID_BYTES = 16
DIGEST_BYTES = 32

VesselName = Annotated[str, msgspec.Meta(pattern=r"^v[1-9][0-9]{0,14}\Z")]
FileName = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_FILE_NAME)]
"""What somebody asks for; the node says in words why it is none."""
PlainFileName = Annotated[str, msgspec.Meta(pattern=rf"^(?:{FILE_NAME})\Z")]
"""What a node tells: on the other side it becomes the name of a file, so it leads nowhere."""
Key = Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
Digest = Annotated[bytes, msgspec.Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]
CommandId = Annotated[
    bytes, msgspec.Meta(min_length=COMMAND_ID_BYTES, max_length=COMMAND_ID_BYTES)
]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Amount = Annotated[float, msgspec.Meta(ge=-1e18, le=1e18)]
"""A number that can be shown and reckoned with: never infinite, never "not a number"."""
Moment = Annotated[float, msgspec.Meta(ge=-1e11, le=1e11)]
"""Seconds since 1970, some three thousand years each way: what a calendar can show."""
Argument = Annotated[str, msgspec.Meta(max_length=MAX_ARGUMENT_BYTES)]
