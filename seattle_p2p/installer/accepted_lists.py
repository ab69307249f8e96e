"""Which signed lists this account has accepted, so that an old one cannot come back.

A list that was replaced may name seeds that are given up, or in other hands by now, and its
signature stays good for ever. So the highest number accepted of each signer and network is
kept, in a file of this account: JSON, ``{SIGNER: {NETWORK: NUMBER}}``.
"""

from pathlib import Path

import msgspec

from seattle_p2p.errors import BadSeedList
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.identity.private_files import replace_private_file
from seattle_p2p.installer.seed_list import SeedList

_MAX_FILE_BYTES = 1 << 20
_decoder = msgspec.json.Decoder(dict[str, dict[str, int]])


class AcceptedLists:
    """The numbers of the newest lists that were accepted.

    Args:
        path: The file; neither it nor its folder need be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def accept(self, seeds: SeedList, signer: PublicKey, *, name: str) -> None:
        """Accept a list that is as new as any of its signer for its network, and remember it.

        Args:
            seeds: What was read and verified.
            signer: Who signed it.
            name: What to call it in errors.

        Raises:
            BadSeedList: a newer one was accepted before, or what was accepted cannot be read.
            OSError: its number cannot be remembered; the list is fine.
        """
        numbers = self._read()
        of_signer = numbers.setdefault(signer.text, {})
        newest = of_signer.get(seeds.network, 0)
        if seeds.number < newest:
            raise BadSeedList(
                f"{name} is list {seeds.number} of network {seeds.network!r}; list {newest} of "
                f"the same signer was accepted here before",
                hint="ask whoever runs the network for the newest list; old ones may name "
                "seeds that are gone or in other hands",
            )
        if seeds.number > newest:
            of_signer[seeds.network] = seeds.number
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_private_file(self._path, msgspec.json.encode(numbers) + b"\n")

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            with self._path.open("rb") as file:
                return _decoder.decode(file.read(_MAX_FILE_BYTES))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as reason:
            raise BadSeedList(
                f"cannot read which lists were accepted before, {self._path}: {reason}",
                hint="remove that file if you are sure that the list you use is the newest",
            ) from reason
