"""The folder of one donor."""

import pytest

from seattle_p2p.errors import InstallError
from seattle_p2p.manager.home import DonorHome


def test_only_one_works_in_a_folder(tmp_path):
    home = DonorHome(tmp_path)

    with (
        home.lock(),
        pytest.raises(InstallError, match="another `seattle donor` works"),
        home.lock(),
    ):
        pass
    with home.lock():
        pass


def test_folder_without_the_installer_holds_no_installation(tmp_path):
    home = DonorHome(tmp_path)
    home.key.touch()
    home.ledger.touch()

    with pytest.raises(InstallError, match="nothing is installed"):
        home.require_installed()
    home.installer.touch()
    home.require_installed()
