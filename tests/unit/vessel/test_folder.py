"""A vessel's files: never more than the limit, one sum for two processes."""

import contextlib
import os

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from seattle_p2p.errors import NoSuchFile, OutOfResources, UsageError, VesselBusy
from seattle_p2p.vessel.folder import FileEntry, VesselFolder, is_file_name
from seattle_p2p.vessel.upload import commit_all


@pytest.fixture
def folder(tmp_path):
    with VesselFolder(tmp_path / "files", 1000) as made:
        yield made


def put(folder: VesselFolder, name: str, data: bytes) -> None:
    with folder.put(name, len(data)) as upload:
        upload.write(data)
        upload.commit()


def test_what_was_put_is_listed_and_read_back(folder):
    put(folder, "b.txt", b"hello")
    put(folder, "a", b"")

    assert folder.list() == [FileEntry("a", 0), FileEntry("b.txt", 5)]
    assert b"".join(folder.get("b.txt")) == b"hello"
    assert folder.used_bytes == 5


def test_a_file_is_replaced_by_one_that_fits_only_in_its_place(folder):
    put(folder, "big", b"x" * 900)

    put(folder, "big", b"y" * 1000)

    assert folder.used_bytes == 1000
    with pytest.raises(OutOfResources):
        put(folder, "other", b"z")


def test_an_upload_given_up_leaves_nothing(folder):
    put(folder, "kept", b"old")
    with folder.put("kept", 300) as upload:
        upload.write(b"new" * 100)

    assert folder.read("kept", 100) == b"old"
    assert folder.used_bytes == 3
    assert os.listdir(folder.path) == ["kept"]


def test_two_uploads_cannot_both_use_the_place_of_one_file(folder):
    put(folder, "big", b"x" * 900)
    with folder.put("big", 950) as first:
        first.write(b"a" * 950)

        with pytest.raises(OutOfResources):
            folder.put("big", 51)

        with folder.put("big", 50) as second:
            second.write(b"b" * 50)
            first.commit()
            with pytest.raises(OutOfResources):
                folder.put("other", 1)

    assert folder.used_bytes == 950


def test_an_upload_takes_its_room_at_once_and_keeps_it_in_a_fresh_count(folder):
    with folder.put("a", 700) as upload:
        folder.recount()
        assert folder.used_bytes == 700
        with pytest.raises(OutOfResources):
            folder.put("b", 301)
        upload.write(b"x" * 700)
        upload.commit()

    assert folder.used_bytes == 700


def test_an_upload_that_a_reset_swept_away_gives_its_room_back_once(folder):
    with folder.put("a", 700) as upload:
        upload.write(b"x" * 700)
        folder.wipe()
        assert folder.used_bytes == 0
        with pytest.raises(OutOfResources):
            upload.commit()

    assert folder.used_bytes == 0


@pytest.mark.parametrize("count", [2, 40])
def test_of_uploads_committed_together_only_the_hindered_one_fails(tmp_path, count):
    with contextlib.ExitStack() as stack:
        folders = [
            stack.enter_context(VesselFolder(tmp_path / str(i), 1000)) for i in range(count)
        ]
        uploads = [stack.enter_context(folder.put("new", 500)) for folder in folders]
        for upload in uploads:
            upload.write(b"x" * 500)
        folders[1].wipe()

        errors = commit_all(uploads)

    assert [type(error) for error in errors if error] == [OutOfResources]
    assert errors[1] is not None
    assert all(folder.read("new", 1) == b"x" for folder in folders if folder is not folders[1])


def test_an_upload_is_as_long_as_was_announced(folder):
    with folder.put("a", 10) as upload:
        with pytest.raises(ValueError):
            upload.write(b"x" * 11)
        upload.write(b"x" * 9)
        with pytest.raises(ValueError):
            upload.commit()

    assert folder.used_bytes == 0


def test_a_file_that_a_program_has_open_is_neither_replaced_nor_deleted(folder):
    put(folder, "data", b"1")
    fd, made = folder.open("data", create=False)

    assert not made
    with pytest.raises(VesselBusy):
        folder.delete("data")
    with pytest.raises(VesselBusy):
        put(folder, "data", b"2")
    with pytest.raises(VesselBusy):
        folder.open("data", create=False)
    os.close(fd)
    folder.delete("data")
    assert folder.used_bytes == 0


def test_a_write_beyond_the_limit_writes_nothing(folder):
    fd, _ = folder.open("new", create=True)
    folder.write_at(fd, b"x" * 900, 0)

    with pytest.raises(OutOfResources):
        folder.write_at(fd, b"y" * 200, 850)

    folder.write_at(fd, b"y" * 100, 900)
    assert folder.used_bytes == 1000
    assert folder.read("new", 2000) == b"x" * 900 + b"y" * 100
    os.close(fd)


def test_two_processes_views_share_one_sum(tmp_path):
    with VesselFolder(tmp_path / "f", 100) as one, VesselFolder(tmp_path / "f", 100) as two:
        put(one, "a", b"x" * 60)

        with pytest.raises(OutOfResources):
            put(two, "b", b"x" * 60)

        assert one.used_bytes == two.used_bytes == 60


def test_uploads_of_a_writer_that_died_are_removed(tmp_path):
    with VesselFolder(tmp_path / "f", 100) as folder:
        upload = folder.put("a", 60)
        upload.write(b"x" * 60)
        os.close(upload._fd)  # what the kernel does when a process dies

    with VesselFolder(tmp_path / "f", 100) as folder:
        assert folder.used_bytes == 0
        assert list(folder.path.iterdir()) == []


def test_missing_files_are_named(folder):
    for action in (folder.get, folder.size_of, folder.delete):
        with pytest.raises(NoSuchFile, match="'none'"):
            action("none")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "A", "a/b", "a\n", "ä", "a b", "x" * 121, "../x", "a\0", "ａ"],
)
def test_what_is_no_file_name_is_refused(folder, name):
    assert not is_file_name(name)
    with pytest.raises(UsageError):
        folder.put(name, 0)


def test_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder.path / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(NoSuchFile):
        folder.get("link")
    assert folder.list() == []


def test_only_so_many_files_fit(folder, monkeypatch):
    monkeypatch.setattr("seattle_p2p.vessel.folder.MAX_FILES_PER_VESSEL", 3)
    for name in "abc":
        put(folder, name, b"")

    with pytest.raises(OutOfResources, match="number of files"):
        put(folder, "d", b"")
    put(folder, "a", b"again")


class TwoWriters(RuleBasedStateMachine):
    """Broker and node manager at work in one folder: the sum is always the truth."""

    names = st.sampled_from(["a", "b", "c"])

    def __init__(self) -> None:
        super().__init__()
        import tempfile
        from pathlib import Path

        self.place = tempfile.TemporaryDirectory()
        path = Path(self.place.name) / "f"
        self.manager = VesselFolder(path, 300)
        self.broker = VesselFolder(path, 300)
        self.opened: dict[str, int] = {}

    @rule(name=names, size=st.integers(0, 200))
    def uploads(self, name, size):
        with contextlib.suppress(OutOfResources, VesselBusy):
            put(self.manager, name, b"u" * size)

    @rule(name=names)
    def deletes(self, name):
        with contextlib.suppress(NoSuchFile, VesselBusy):
            self.manager.delete(name)

    @rule(name=names)
    def opens(self, name):
        if name not in self.opened:
            self.opened[name] = self.broker.open(name, create=True)[0]

    @rule(name=names, offset=st.integers(0, 100), size=st.integers(0, 150))
    def writes(self, name, offset, size):
        if name in self.opened:
            fd = self.opened[name]
            with contextlib.suppress(OutOfResources):
                self.broker.write_at(fd, b"w" * size, min(offset, os.fstat(fd).st_size))

    @rule(name=names)
    def closes(self, name):
        if name in self.opened:
            os.close(self.opened.pop(name))

    @invariant()
    def the_sum_is_the_truth_and_within_the_limit(self):
        truth = sum(entry.size for entry in self.manager.list())
        assert self.broker.used_bytes == self.manager.used_bytes == truth <= 300

    def teardown(self):
        for fd in self.opened.values():
            os.close(fd)
        self.manager.close()
        self.broker.close()
        self.place.cleanup()


TestTwoWriters = TwoWriters.TestCase
TestTwoWriters.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
