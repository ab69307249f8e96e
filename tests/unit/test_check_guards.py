"""`./dev check` keeps clocks, sockets and global randomness out of the overlay.

Runs the commands of `dev` itself, on a copy of the package; mypy is left out, it takes long and
is no guard of this kind.
"""

import importlib.machinery
import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUARDED = "seattle_p2p/overlay/params.py"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of everything the checks read."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "seattle_p2p", folder / "seattle_p2p", ignore=ignored)
    return folder


@pytest.fixture
def check(copy, monkeypatch):
    """`./dev check` of the copy, narrowed to `seattle_p2p/overlay` and to lint and imports."""
    loader = importlib.machinery.SourceFileLoader("dev", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev", loader)
    dev = importlib.util.module_from_spec(spec)
    loader.exec_module(dev)
    really = dev.run
    monkeypatch.setattr(dev, "ROOT", copy)
    # A virtual environment's own bin folder, whichever one the tests run in.
    monkeypatch.setattr(dev, "VENV", Path(sys.prefix))

    def only_guards(module, *arguments):
        if module == "ruff" and arguments[0] == "check":
            return really(module, "check", "--no-cache", "seattle_p2p/overlay")
        return 0

    monkeypatch.setattr(dev, "run", only_guards)
    monkeypatch.setenv("PYTHONPATH", str(copy))
    return lambda: dev.check([])


def test_the_tree_as_it_is_passes(check):
    assert check() == 0


@pytest.mark.parametrize(
    "line",
    ["import time", "import asyncio", "import socket", "import random\n\nrandom.random()"],
)
def test_check_fails_when_the_overlay_gets(check, copy, line):
    guarded = copy / GUARDED
    before = guarded.read_text()
    # Used, so that it is not refused merely for being idle.
    use = f"\n\nUSED = {line.split()[1]}\n"
    try:
        guarded.write_text(f"{before}\n\n{line}  # noqa: E402, I001{use}")
        assert check() != 0
    finally:
        guarded.write_text(before)


def test_a_harmless_import_put_there_the_same_way_passes(check, copy):
    guarded = copy / GUARDED
    before = guarded.read_text()
    try:
        guarded.write_text(f"{before}\n\nimport math  # noqa: E402, I001\n\n\nUSED = math\n")
        assert check() == 0
    finally:
        guarded.write_text(before)
