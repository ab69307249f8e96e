"""Bodies of files on their way into a vessel: piece by piece beside it, then at once."""

import asyncio
from collections.abc import AsyncIterator

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.folder import Upload, VesselFolder
from seattle_p2p.wire.commands import BodyDigest, PutFile


class Received:
    """A body that lies beside the vessel's files and is not one of them yet."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    async def commit(self) -> None:
        """Make it the file of its name; waits for the disk without holding up others."""
        await asyncio.to_thread(self._upload.commit)

    def close(self) -> None:
        """Drop what was not committed; may be called again."""
        self._upload.close()


async def receive(
    folder: VesselFolder, action: PutFile, body: AsyncIterator[bytes]
) -> Received:
    """Take in a body beside the vessel's files, a piece at a time.

    Raises:
        MalformedMessage: other bytes than the command promised.
        OutOfResources: more than the vessel's disk holds.
    """
    upload = folder.put(action.file, action.size)
    try:
        counted = BodyDigest()
        async for piece in body:
            counted.add(piece)
            if counted.size > action.size:
                break
            upload.write(piece)
        if (counted.size, counted.value) != (action.size, action.body_digest):
            raise MalformedMessage(
                f"the body of {action.file!r} is not what the command promised",
                hint="did the file change while it was sent? send it again",
            )
        return Received(upload)
    except BaseException:
        upload.close()
        raise
