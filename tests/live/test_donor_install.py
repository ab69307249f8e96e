"""Installing as people do, in processes of their own, at the same moment, on bad disks."""

import asyncio
import os
import subprocess
import sys

import pytest

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.bundle import make_installer
from seattle_p2p.installer.plan import Plan, VesselShare
from tests.support.command_line import Person

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="vessels run on Linux")

PLANNER, ANN = KeyPair(b"\x01" * 32), KeyPair(b"\x02" * 32)
PLAN = Plan("lab", (), (VesselShare(50, ANN.public), VesselShare(50, ANN.public)))


@pytest.fixture
def donor(tmp_path):
    person = Person(tmp_path / "some body")
    (person.home / "lab.seattle").write_bytes(make_installer(PLAN, PLANNER))
    return person


async def test_one_of_two_installations_at_once_wins_and_is_whole(donor):
    said = await asyncio.gather(
        *(donor.seattle("donor", "install", "lab.seattle", "--json") for _ in range(3))
    )

    assert sorted(one.code for one in said) == [0, 1, 1]
    for loser in (one for one in said if one.code):
        assert "next:" in loser.err
    winner = next(one for one in said if not one.code).document
    status = await donor.needs("donor", "status", "--json")
    assert status.document["manager"]["node"] == winner["node"]
    await donor.needs("donor", "uninstall", "--yes")


async def test_donors_of_one_machine_install_at_once_and_share_its_ports(donor):
    folders = [f"donor {number}" for number in range(4)]

    said = await asyncio.gather(
        *(
            donor.needs("donor", "install", "lab.seattle", "--dir", folder, "--json")
            for folder in folders
        )
    )
    ports = [p for one in said for v in one.document["vessels"] for p in v["ports"]]
    for folder in folders:
        await donor.needs("donor", "uninstall", "--yes", "--dir", folder)

    assert len(ports) >= 8
    assert len(set(ports)) == len(ports)
    assert not any((donor.home / folder).exists() for folder in folders)


async def test_folder_with_a_very_long_path_serves(donor):
    deep = donor.home / ("ä b" * 40) / ("c" * 200)

    await donor.needs("donor", "install", "lab.seattle", "--dir", str(deep))
    status = await donor.needs("donor", "status", "--dir", str(deep), "--json")
    await donor.needs("donor", "uninstall", "--yes", "--dir", str(deep))

    assert status.document["folder"] == str(deep)
    assert not deep.exists()


@pytest.fixture
def disk(donor):
    """A disk of two megabytes."""
    folder = donor.home / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_full_disk_refuses_the_installation_and_keeps_nothing(donor, disk):
    (disk / "filler").write_bytes(bytes(1_900_000))
    options = ("--dir", str(disk / "donor"), "--percent", "100")

    full = await donor.seattle("donor", "install", "lab.seattle", *options)

    assert full.code == 1
    assert "next:" in full.err
    assert [path.name for path in disk.iterdir()] == ["filler"]


async def test_disk_that_fills_up_later_can_still_be_left(donor, disk):
    options = ("--dir", str(disk))
    await donor.needs("donor", "install", "lab.seattle", "--percent", "90", *options)
    with pytest.raises(OSError, match="No space"):
        (disk / "vessels" / "filler").write_bytes(bytes(4_000_000))

    paused = await donor.seattle("donor", "pause", *options)
    await donor.needs("donor", "uninstall", "--yes", *options)

    assert paused.code == 0 or "is the disk full" in paused.err
    assert disk.exists()
    assert list(disk.iterdir()) == []
