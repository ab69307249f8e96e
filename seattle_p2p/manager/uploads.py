"""Bodies of files on their way into a vessel: piece by piece beside it, then at once."""

import asyncio
from collections.abc import AsyncIterator

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.folder import Upload, VesselFolder
from seattle_p2p.wire.commands import BodyDigest, PutFile


class Received:
    """A body that lies beside the vessel's files and is not one of them yet."""

    def __init__(self, folder: VesselFolder, upload: Upload | None) -> None:
        self._folder = folder
        self.upload = upload

    async def commit(self) -> None:
        """Make it the file of its name; waits for the disk without holding up others."""
        assert self.upload is not None
        await asyncio.to_thread(self.upload.commit)

    def close(self) -> None:
        """Drop what was not committed; may be called again."""
        if self.upload:
            self.upload.close()
        self._folder.close()


async def receive(
    folder: VesselFolder, action: PutFile, body: AsyncIterator[bytes]
) -> Received:
    """Take in a body beside the vessel's files, a piece at a time.

    Raises:
        MalformedMessage: other bytes than the command promised.
        OutOfResources: more than the vessel's disk holds.
    """
    received = Received(folder, None)
    try:
        received.upload = upload = folder.put(action.file)
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
        return received
    except BaseException:
        received.close()
        raise
