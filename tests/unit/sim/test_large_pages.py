"""Asking for large pages: as memory grows, and never in the way."""

import sys

import pytest

from seattle_p2p.sim.large_pages import LargePages


@pytest.mark.skipif(sys.platform != "linux", reason="large pages are asked of Linux")
def test_memory_is_asked_for_once_until_it_has_grown():
    pages = LargePages()

    pages.ask()
    assert pages.ask() == 0

    memory = bytearray(96 * 2**20)
    memory[::4096] = bytes(len(memory) // 4096)
    assert pages.ask() >= 0
    assert pages.ask() == 0


@pytest.mark.parametrize("text", [None, "", "what is this", "0-1 rw-p\n"])
def test_a_system_that_lists_no_memory_is_left_alone(tmp_path, text):
    maps, statm = tmp_path / "maps", tmp_path / "statm"
    statm.write_text("1 99999999 1")
    if text is not None:
        maps.write_text(text)

    assert LargePages(maps, statm).ask() == 0


def test_memory_of_files_is_passed_over(tmp_path):
    maps, statm = tmp_path / "maps", tmp_path / "statm"
    statm.write_text("1 99999999 1")
    maps.write_text("7f0000000000-7f0000800000 rw-p 00000000 fe:00 77 /lib/libc.so\n")

    assert LargePages(maps, statm).ask() == 0
