"""The checkout's door, where people push it oddly."""

import importlib.machinery
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

DEV = Path(__file__).parents[2] / "dev"


def dev_in(folder: Path) -> ModuleType:
    """The door of a clone in `folder`."""
    shutil.copy(DEV, folder / "dev")
    (folder / "pyproject.toml").write_text("")
    loader = importlib.machinery.SourceFileLoader("dev_under_test", str(folder / "dev"))
    spec = importlib.util.spec_from_loader("dev_under_test", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_clone_that_was_moved_gets_an_environment_of_its_own(tmp_path, monkeypatch):
    made: list[Path] = []
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        dev = dev_in(tmp_path / name)
        if name == "after":
            shutil.copytree(tmp_path / "before" / ".venv", dev.VENV)
        monkeypatch.setattr(dev.subprocess, "call", lambda _command, venv=dev.VENV: make(venv))
        monkeypatch.setattr(dev, "run", lambda *_arguments: 0)

        def make(venv: Path) -> int:
            made.append(venv)
            venv.mkdir(exist_ok=True)
            return 0

        assert dev.make_environment() is None
        assert dev.make_environment() is None

    assert made == [tmp_path / "before" / ".venv", tmp_path / "after" / ".venv"]


def test_ctrl_c_shows_no_traceback(tmp_path):
    text = DEV.read_text().replace("use_a_supported_python()\n", "raise KeyboardInterrupt\n")
    (tmp_path / "dev").write_text(text)

    said = subprocess.run(
        [sys.executable, "dev", "demo"], cwd=tmp_path, capture_output=True, text=True
    )

    assert said.returncode == 1
    assert said.stderr.startswith("dev: stopped")
