"""The core as machine code: the same runs, and never in place of sources that were edited."""

import json
import os
import subprocess
import sys

import pytest

from seattle_p2p.sim import compiled
from tests.support.schemas import check

SCENARIO = """
version = 1
[meta]
name = "pair"
duration_s = 90
signer = "simulated"
[[nodes]]
name = "seeds"
count = 2
role = "bootstrap"
[[nodes]]
name = "donors"
count = 30
join_at_s = 1
join_span_s = 10
vessels = 1
[[nodes]]
name = "people"
count = 2
role = "experimenter"
join_at_s = 20
[workload]
owners = 6
discover_from_s = 40
lookups_per_s = 1.0
"""
WHICH = """
from seattle_p2p.sim import compiled
used = compiled.use()
import seattle_p2p.overlay.node
print(used, seattle_p2p.overlay.node.__file__)
"""


def in_a_process(cache, *command):
    """What a Python of its own printed; its cache is the test's."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.timeout(400)
def test_a_run_of_the_compiled_core_is_the_same_to_the_last_datagram(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    scenario = tmp_path / "pair.toml"
    scenario.write_text(SCENARIO)
    command = ("-m", "seattle_p2p", "sim", "run", str(scenario), "--json", "--quiet")
    assert in_a_process(tmp_path, "-c", WHICH).startswith("False")
    interpreted = json.loads(in_a_process(tmp_path, *command))

    compiled.build(optimise=0)

    used, file = in_a_process(tmp_path, "-c", WHICH).split()
    assert used == "True"
    assert file.startswith(str(tmp_path))
    assert json.loads(in_a_process(tmp_path, *command)) == interpreted
    said = in_a_process(tmp_path, "-m", "seattle_p2p", "sim", "compile", "--json")
    (document,) = check("sim compile", said)
    assert document["folder"] == str(compiled.folder())


def test_what_was_compiled_of_other_sources_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    before = compiled.folder()
    source = tmp_path / "seattle_p2p"
    (source / "overlay").mkdir(parents=True)
    (source / "overlay" / "node.py").write_text("edited = True\n")
    monkeypatch.setattr(compiled, "_PACKAGE", source)
    assert compiled.folder() != before


def test_nothing_changes_in_a_process_that_has_imported_the_core(tmp_path):
    text = "import seattle_p2p.overlay.node\nimport sys\nbefore = list(sys.path)\n" + WHICH
    said = in_a_process(tmp_path, "-c", text + "assert sys.path == before\n")
    assert said.startswith("False")


def test_without_a_c_compiler_compiling_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CC", "false")
    monkeypatch.setattr(compiled, "modules", lambda: ["seattle_p2p.overlay.tokens"])
    with pytest.raises(compiled.CannotCompile, match="compiling failed") as told:
        compiled.build(optimise=0)
    assert "C compiler" in told.value.hint
    assert list((tmp_path / "seattle_p2p" / "compiled").iterdir()) == []
