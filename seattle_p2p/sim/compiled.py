"""The core as machine code: the same modules, compiled for simulations of many nodes.

`build` has mypyc translate the overlay and the busiest modules of the simulator, once, into a
folder of the user's cache. `use` has this process load them from there instead of the sources.
The folder's name is a digest of all sources and of the interpreter, so what was compiled never
stands for anything that was edited since. Runs are the same to the last datagram; only what
they cost differs.
"""

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from seattle_p2p.errors import SeattleError

OVERLAY_INTERPRETED = ("core", "params", "table", "views")
"""Structs of msgspec, and subclasses of an untyped package: mypyc has nothing to gain there."""
SIM_COMPILED = (
    "agenda",
    "codec",
    "core_laws",
    "geography",
    "inspection",
    "links",
    "nat",
    "population",
    "signing",
    "trace",
    "world",
)
_SOURCES = ("errors.py", "identity/*.py", "wire/*.py", "overlay/*.py", "sim/*.py")
_PACKAGE = Path(__file__).parents[1]
_FOLDERS_KEPT = 4
_LINES_TOLD = 12
_COMPILER = """
import sys
from setuptools import setup
from mypyc.build import mypycify
options = ["--ignore-missing-imports", "--python-version", "%d.%d" % sys.version_info[:2]]
core = mypycify([*options, *sys.argv[2:]], opt_level=sys.argv[1], debug_level="0")
setup(name="core", packages=[], ext_modules=core, script_args=["build_ext", "--inplace"])
"""


class CannotCompile(SeattleError):
    """What compiling needs is not here, or it failed. Everything works without, only slower."""

    code = "cannot_compile"
    otherwise = "install a C compiler and Python's headers, or do without: runs are the same"


def modules() -> list[str]:
    """Names of the modules that are compiled."""
    overlay = sorted(path.stem for path in (_PACKAGE / "overlay").glob("[a-z]*.py"))
    names = [f"overlay.{stem}" for stem in overlay if stem not in OVERLAY_INTERPRETED]
    return [f"seattle_p2p.{name}" for name in [*names, *(f"sim.{s}" for s in SIM_COMPILED)]]


def folder() -> Path:
    """Where these sources, compiled for this interpreter, are or would be."""
    return _all_folders() / _digest(_PACKAGE)


def use() -> bool:
    """Load what was compiled, if it was, from now on; whether this process has it.

    Changes nothing once any of the modules was imported: half of each would not fit.
    """
    names = modules()
    if loaded := [sys.modules[name] for name in names if name in sys.modules]:
        return all(_is_compiled(module.__file__) for module in loaded)
    compiled = folder()
    if not compiled.is_dir() or compiled.stat().st_uid != os.getuid():
        return False
    sys.path.append(str(compiled))
    for part in ("overlay", "sim"):
        package = importlib.import_module(f"seattle_p2p.{part}")
        package.__path__.insert(0, str(compiled / "seattle_p2p" / part))
    return True


def build(*, optimise: int = 3) -> Path:
    """Compile what is not compiled yet: about a minute. Then `use` will find it.

    Args:
        optimise: The C compiler's level, 0 to 3.

    Raises:
        CannotCompile: no mypyc, no setuptools, or the C compiler failed.
    """
    target = folder()
    if target.is_dir():
        return target
    if missing := [name for name in ("mypyc", "setuptools") if find_spec(name) is None]:
        raise CannotCompile(
            f"{' and '.join(missing)} not installed",
            hint="pip install 'seattle-p2p[compile]'",
        )
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as workshop:
        copies = Path(workshop) / "seattle_p2p"
        for path in [_PACKAGE / "__init__.py", *_sources(_PACKAGE)]:
            copy = copies / path.relative_to(_PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        target = _all_folders() / _digest(copies)
        made = _compile(Path(workshop), optimise)
        if not target.is_dir():
            made.rename(target)
    _keep_newest(target.parent)
    return target


def _compile(workshop: Path, optimise: int) -> Path:
    """Compile the copy of the sources there; the folder with nothing but the outcome."""
    files = [name.replace(".", "/") + ".py" for name in modules()]
    done = subprocess.run(
        [sys.executable, "-c", _COMPILER, str(optimise), *files],
        cwd=workshop,
        env={**os.environ, "MYPYPATH": str(workshop)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-_LINES_TOLD:])
        raise CannotCompile(f"compiling failed, and the last of what was said is:\n{last}")
    outcome = workshop / "outcome"
    for library in workshop.glob("[!b]*/**/*.so"):
        _move(library, outcome / library.relative_to(workshop))
    for library in workshop.glob("*.so"):
        _move(library, outcome / library.name)
    return outcome


def _move(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    file.rename(to)


def _sources(package: Path) -> Iterator[Path]:
    for pattern in _SOURCES:
        yield from sorted(package.glob(pattern))


def _digest(package: Path) -> str:
    digest = hashlib.sha256(f"{sys.version} {sys.platform}".encode())
    for path in _sources(package):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


def _all_folders() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("seattle_p2p", appauthor=False) / "compiled"


def _keep_newest(folders: Path) -> None:
    """Drop what belongs to sources of long ago."""
    by_age = sorted(folders.glob("[!.]*"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-_FOLDERS_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _is_compiled(file: str | None) -> bool:
    return file is not None and not file.endswith(".py")
