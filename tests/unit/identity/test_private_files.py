import os
import stat

import pytest

from seattle_p2p.identity import private_files
from seattle_p2p.identity.private_files import make_private_file, replace_private_file


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def generous_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("write", [make_private_file, replace_private_file])
def test_a_file_is_for_this_account_alone_whatever_the_umask(write, tmp_path):
    write(tmp_path / "secret", b"content")

    assert (tmp_path / "secret").read_bytes() == b"content"
    assert mode(tmp_path / "secret") == 0o600
    assert os.listdir(tmp_path) == ["secret"]


def test_a_new_file_is_never_written_over_another(tmp_path):
    (tmp_path / "secret").write_bytes(b"old")

    with pytest.raises(FileExistsError):
        make_private_file(tmp_path / "secret", b"new")

    assert (tmp_path / "secret").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["secret"]


def test_a_file_that_others_could_read_is_private_once_it_is_replaced(tmp_path):
    (tmp_path / "secret").write_bytes(b"old")
    assert mode(tmp_path / "secret") == 0o666

    replace_private_file(tmp_path / "secret", b"new")

    assert mode(tmp_path / "secret") == 0o600


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "secret").symlink_to(tmp_path / "precious")

    replace_private_file(tmp_path / "secret", b"new")

    assert (tmp_path / "precious").read_bytes() == b"mine"
    assert not (tmp_path / "secret").is_symlink()


def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_return(
    tmp_path, monkeypatch
):
    done = []
    sync, replace = os.fsync, os.replace

    def noting_sync(handle):
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        sync(handle)

    def noting_replace(*places):
        done.append("name")
        replace(*places)

    monkeypatch.setattr(private_files.os, "fsync", noting_sync)
    monkeypatch.setattr(private_files.os, "replace", noting_replace)

    replace_private_file(tmp_path / "secret", b"new")

    assert done == ["content", "name", "folder"]


def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "secret").write_bytes(b"old")

    def refuse(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", refuse)

    with pytest.raises(OSError, match="No space"):
        replace_private_file(tmp_path / "secret", b"new")

    assert (tmp_path / "secret").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["secret"]
