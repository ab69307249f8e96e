"""`seattle planner`, as people call it."""

import json

import pytest

from seattle_p2p.cli.main import run
from seattle_p2p.cli.places import keys_dir
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import Keystore
from seattle_p2p.installer.bundle import load_installer

KEY = KeyPair(b"\x05" * 32)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Keystore(keys_dir()).save("pat", KEY)
    return tmp_path


def fill_in(path):
    path.write_text(path.read_text().replace("PUT A KEY HERE", KEY.public.text))


def test_template_becomes_an_installer_once_keys_are_put_in(home, capsys):
    assert run(["planner", "new"]) == 0
    assert run(["planner", "build", "plan.toml"]) == 2
    fill_in(home / "plan.toml")
    capsys.readouterr()

    assert run(["planner", "build", "plan.toml", "--key", "pat", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    installer, data = load_installer(home / "plan.seattle")
    assert installer.planner.text == told["planner"] == KEY.public.text
    assert told["bytes"] == len(data)
    assert told["file"] == str(home / "plan.seattle")
    assert [vessel.percent for vessel in installer.plan.vessels] == [50, 50]


def test_layers_are_read_beside_the_plan_and_looked_at(home, capsys):
    run(["planner", "new"])
    fill_in(home / "plan.toml")
    with (home / "plan.toml").open("a") as plan:
        plan.write('layers = ["guard.r2py"]\n')

    assert run(["planner", "build", "plan.toml"]) == 2
    assert "guard.r2py cannot be read" in capsys.readouterr().err
    (home / "guard.r2py").write_text("\nimport os\n")
    assert run(["planner", "build", "plan.toml"]) == 2
    assert "line 2" in capsys.readouterr().err
    (home / "guard.r2py").write_text("secure_dispatch_module()\n")
    assert run(["planner", "build", "plan.toml"]) == 0

    installer, _ = load_installer(home / "plan.seattle")
    assert [vessel.layers for vessel in installer.plan.vessels] == [(), ("guard.r2py",)]
    assert installer.plan.layers[0].text == "secure_dispatch_module()\n"


def test_building_twice_gives_the_same_bytes(home):
    run(["planner", "new"])
    fill_in(home / "plan.toml")

    assert run(["planner", "build", "plan.toml", "--out", "a"]) == 0
    assert run(["planner", "build", "plan.toml", "--out", "b"]) == 0

    assert (home / "a").read_bytes() == (home / "b").read_bytes()


def test_new_never_overwrites_a_plan(home, capsys):
    (home / "plan.toml").write_text("mine")

    assert run(["planner", "new"]) == 2

    assert (home / "plan.toml").read_text() == "mine"
    assert "not overwritten" in capsys.readouterr().err
    assert sorted(path.name for path in home.iterdir()) == ["home", "plan.toml"]


def test_template_names_the_keys_of_the_account_and_no_secret(capsys):
    assert run(["planner", "new", "-"]) == 0

    printed = capsys.readouterr().out
    assert KEY.public.text in printed
    assert KEY.seed.hex() not in printed


@pytest.mark.parametrize("arguments", [["new"], ["new", "-"], ["build", "none.toml"]])
def test_every_planner_command_with_json_prints_one_document(arguments, capsys):
    run(["planner", *arguments, "--json"])

    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["build", "none.toml"], "seattle planner new"),
        (["build", "."], "Is a directory"),
        (["build", "plan.toml", "--out", "plan.toml"], "would replace its plan"),
        (["build", "plan.toml", "--out", "no/such/folder"], "cannot write"),
        (["build", "plan.toml", "--key", "nobody"], "no key named"),
        (["build", "latin.toml"], "not text in UTF-8"),
    ],
)
def test_what_goes_wrong_is_told_with_the_next_step(home, arguments, reason, capsys):
    run(["planner", "new"])
    fill_in(home / "plan.toml")
    (home / "latin.toml").write_bytes(b"note = '\xe4'")
    capsys.readouterr()

    assert run(["planner", *arguments]) in (1, 2)

    told = capsys.readouterr()
    assert reason in told.err
    assert not told.out
    assert not (home / "plan.seattle").exists()
