"""Memory in pages of 2 MiB, for large worlds, which are read all over.

Each message touches some hundred small objects of two nodes among thousands. With pages of
4 KiB the processor looks up where most of them are anew each time: 94 us a message against 75
with 2,500 nodes, on a busy machine and tried once. Linux gives large pages to
who asks (`madvise`, kernel 6.1 for those that are in use already); where it does not, nothing
is lost but time.
"""

import ctypes
import sys
from pathlib import Path

_LARGE = 2 * 2**20
_GROWN = 32 * 2**20
"""Asked again after memory grew by so much: a few times in a run, and never in a small one."""
_HUGEPAGE, _COLLAPSE = 14, 25
"""Advice of Linux: give large pages from now on; and instead of those that are there."""


class LargePages:
    """Asks for large pages as the process grows.

    Args:
        maps: Lists the process's memory, as in Linux.
        statm: Says how much it has.
    """

    def __init__(
        self,
        maps: Path = Path("/proc/self/maps"),
        statm: Path = Path("/proc/self/statm"),
    ) -> None:
        self._maps = maps
        self._statm = statm
        self._asked_at = 0
        self._is_able = sys.platform == "linux"

    def ask(self) -> int:
        """Ask if there is much more memory than the last time; octets that were advised."""
        if not self._is_able:
            return 0
        try:
            size = int(self._statm.read_text().split()[1]) * 4096
            if size - self._asked_at < _GROWN:
                return 0
            self._asked_at = size
            return sum(map(_advise, self._own_memory()))
        except (OSError, ValueError, IndexError, AttributeError):
            self._is_able = False
            return 0

    def _own_memory(self) -> list[tuple[int, int]]:
        """Where whole large pages fit into memory that is no file's: first and length."""
        found = []
        for line in self._maps.read_text().splitlines():
            where, rights, _, _, inode, *name = line.split(maxsplit=5)
            if rights != "rw-p" or inode != "0" or name not in ([], ["[heap]"]):
                continue
            first, end = (int(text, 16) for text in where.split("-"))
            first = -(-first // _LARGE) * _LARGE
            if end // _LARGE * _LARGE > first:
                found.append((first, end // _LARGE * _LARGE - first))
        return found


def _advise(memory: tuple[int, int]) -> int:
    first, length = (ctypes.c_size_t(number) for number in memory)
    madvise = ctypes.CDLL(None).madvise
    if madvise(first, length, _HUGEPAGE) or madvise(first, length, _COLLAPSE):
        return 0
    return length.value
