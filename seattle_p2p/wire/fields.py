"""What stands in the fields of commands and their results."""

from typing import Annotated

import msgspec

from seattle_p2p.identity.keys import KEY_BYTES
from seattle_p2p.wire.limits import MAX_ARGUMENT_BYTES, MAX_FILE_NAME

COMMAND_ID_BYTES = 16
DIGEST_BYTES = 32

VesselName = Annotated[str, msgspec.Meta(pattern=r"^v[1-9][0-9]{0,14}\Z")]
FileName = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_FILE_NAME)]
Key = Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
Digest = Annotated[bytes, msgspec.Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]
CommandId = Annotated[
    bytes, msgspec.Meta(min_length=COMMAND_ID_BYTES, max_length=COMMAND_ID_BYTES)
]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Argument = Annotated[str, msgspec.Meta(max_length=MAX_ARGUMENT_BYTES)]
