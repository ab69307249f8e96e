"""Remembered peers: whole files, damaged ones, limits."""

from pathlib import Path

import pytest

from seattle_p2p.manager.remembered import MAX_PEERS, read_peers, write_peers
from seattle_p2p.wire.address import PeerAddress


def peers(count: int) -> list[PeerAddress]:
    return [PeerAddress("192.0.2.1", 4000 + number) for number in range(count)]


def test_what_was_written_is_read_each_once_and_in_order(tmp_path: Path) -> None:
    write_peers(tmp_path / "peers.json", [*peers(3), *peers(2)])

    assert read_peers(tmp_path / "peers.json") == peers(3)
    assert [path.name for path in tmp_path.iterdir()] == ["peers.json"]


def test_only_the_first_are_kept(tmp_path: Path) -> None:
    write_peers(tmp_path / "peers.json", peers(MAX_PEERS + 9))

    assert read_peers(tmp_path / "peers.json") == peers(MAX_PEERS)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"peers": 3}', b'{"peers": ["nonsense"]}', b"\xff" * 99]
)
def test_a_damaged_file_is_no_peers(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "peers.json").write_bytes(content)

    assert read_peers(tmp_path / "peers.json") == []


def test_a_missing_file_is_no_peers(tmp_path: Path) -> None:
    assert read_peers(tmp_path / "peers.json") == []


def test_a_folder_that_cannot_be_written_is_survived(tmp_path: Path) -> None:
    write_peers(tmp_path / "missing" / "peers.json", peers(1))
