"""Where things lie on this machine. `SEATTLE_HOME` moves all of it into one folder."""

import os
from pathlib import Path


def _home(kind: str) -> Path:
    if home := os.environ.get("SEATTLE_HOME"):
        return Path(home)
    import platformdirs

    path = getattr(platformdirs, f"user_{kind}_path")("seattle_p2p", appauthor=False)
    assert isinstance(path, Path)
    return path


def keys_dir() -> Path:
    """Key files of the people who use this account."""
    return _home("config") / "keys"


def research_dir() -> Path:
    """A researcher's known vessels, groups and remembered peers."""
    return _home("state") / "research"


def shell_dir() -> Path:
    """The shell's history and the plug-ins that were switched off."""
    return _home("state") / "shell"


def donor_dir() -> Path:
    """The node manager of a donor: key, ledger, vessels, log."""
    return _home("data") / "donor"


def seed_dir() -> Path:
    """A seed's key and remembered peers."""
    return _home("data") / "seed"


def accepted_lists_file() -> Path:
    """Numbers of the signed lists of seeds that this account has accepted."""
    return _home("state") / "accepted-seed-lists.json"
