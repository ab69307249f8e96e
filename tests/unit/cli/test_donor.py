"""`seattle donor`, as people call it, without a node manager."""

import json
import shlex
import sys

import pytest

from seattle_p2p.cli.donor_words import size_words
from seattle_p2p.cli.main import run
from seattle_p2p.cli.moments import parse_duration
from seattle_p2p.cli.places import donor_dir
from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.bundle import make_installer
from seattle_p2p.installer.plan import Plan, VesselShare
from seattle_p2p.manager import ports
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.wire.address import PeerAddress

PLANNER, ANN, BOB = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))
PLAN = Plan(
    "lab",
    (PeerAddress("127.0.0.1", 4711),),
    (VesselShare(40, ANN.public, (BOB.public,)), VesselShare(60, BOB.public)),
    "for the course",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ports, "REGISTRY", tmp_path / "ports")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lab.seattle").write_bytes(make_installer(PLAN, PLANNER))
    return tmp_path


@pytest.fixture
def installed(capsys):
    assert run(["donor", "install", "lab.seattle", "--testbed"]) == 0
    capsys.readouterr()


def settings():
    ledger = Ledger(donor_dir() / "ledger.sqlite", create=False)
    try:
        return ledger.settings()
    finally:
        ledger.close()


def test_install_shows_who_signed_and_what_is_wanted(capsys):
    assert run(["donor", "install", "lab.seattle"]) == 0

    told = capsys.readouterr()
    assert told.out == f"{donor_dir()}\n"
    assert PLANNER.public.text in told.err
    assert "40 %" in told.err
    assert "for the course" in told.err
    assert "seattle donor run" in told.err


def test_install_takes_what_the_donor_says(home, capsys):
    words = (
        'donor install lab.seattle --dir "a folder" --percent 2.5 --bind 127.0.0.1'
        " --public 192.0.2.7 --port 4000 --network-rate 5000 --seed 127.0.0.1:9"
        f" --allow-private --planner {PLANNER.public.text} --json"
    )

    code = run(shlex.split(words))

    document = json.loads(capsys.readouterr().out)
    ledger = Ledger(home / "a folder" / "ledger.sqlite", create=False)
    kept = ledger.settings()
    ledger.close()
    assert code == 0
    assert document["dir"] == str(home / "a folder")
    assert [vessel["name"] for vessel in document["vessels"]] == ["v1", "v2"]
    assert document["seeds"] == ["127.0.0.1:9", "127.0.0.1:4711"]
    assert (kept.bind, kept.public, kept.percent) == ("127.0.0.1", "192.0.2.7", 2.5)
    assert (kept.command_port, kept.overlay_port) == (4000, 4000)
    assert kept.allow_private
    assert not kept.testbed
    assert "resource netsend 5000\n" in kept.granted


def test_testbed_listens_on_loopback_only(installed):
    assert settings().testbed
    assert settings().bind == "127.0.0.1"


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["none.seattle"], 1, "cannot read none.seattle: No such file"),
        (["bad.seattle"], 1, "not an installer"),
        (["lab.seattle", "--planner", ANN.public.text], 1, "not by the one you named"),
        (["lab.seattle", "--planner", "abc"], 2, "56 characters"),
        (["lab.seattle", "--percent", "0"], 1, "0 percent cannot be given"),
        (["lab.seattle", "--percent", "0.0001"], 1, "too small"),
        (["lab.seattle", "--bind", "localhost"], 2, "--bind: 'localhost' is no IPv4"),
        (["lab.seattle", "--public", "1.2.3"], 2, "--public: '1.2.3' is no IPv4"),
        (["lab.seattle", "--seed", "1.2.3.4"], 2, "no port"),
        (["lab.seattle", "--port", "70000"], 2, "70000"),
        (["lab.seattle", "--port", "63150"], 2, "port 63150 is kept for vessels"),
        (["lab.seattle", "--dir", "lab.seattle"], 2, "is a file"),
        (["lab.seattle", "--dir", "bad.seattle/x"], 1, "Not a directory"),
        (["lab.seattle", "--dir", "."], 1, "is not empty"),
    ],
)
def test_install_is_refused_in_words_and_leaves_nothing(home, arguments, code, reason, capsys):
    (home / "bad.seattle").write_text("{}")
    before = sorted(home.rglob("*"))

    assert run(["donor", "install", *arguments, "--json"]) == code

    told = capsys.readouterr()
    assert reason in told.err
    assert "next:" in told.err
    assert reason in json.loads(told.out)["error"]["message"]
    assert sorted(home.rglob("*")) == before


def test_status_prints_a_document_and_a_page(installed, capsys):
    assert run(["donor", "status", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert run(["donor", "status"]) == 0
    page = capsys.readouterr().out

    assert document["log"] == str(donor_dir() / "seattle.log")
    assert document["running"] is False
    assert document["manager"]["reachable"] == "no"
    for shown in (document["log"], "does not run", "v1", "v2", "10 % of this machine"):
        assert shown in page


def test_pause_and_resume_say_what_they_did(installed, capsys):
    assert run(["donor", "pause", "--for", "2h", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["for_s"] == 7200
    assert settings().paused

    run(["donor", "status"])
    assert "yes, for another 2 h 0 min" in capsys.readouterr().out

    assert run(["donor", "resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"paused": False, "manager_running": False}
    assert not settings().paused


def test_uninstall_asks_unless_told_not_to(installed, home, capsys):
    assert run(["donor", "uninstall", "--json"]) == 2
    assert "--yes" in json.loads(capsys.readouterr().out)["error"]["hint"]
    assert donor_dir().exists()

    assert run(["donor", "uninstall", "--yes", "--json"]) == 0

    told = capsys.readouterr()
    document = json.loads(told.out)
    assert str(donor_dir() / "node.key") in document["removed"]
    assert document["left"] == []
    assert "the node's key" in told.err
    assert not donor_dir().exists()
    assert not (home / "ports").exists()


@pytest.mark.parametrize("word", ["run", "status", "pause", "resume", "uninstall"])
def test_every_command_without_an_installation_says_what_to_do(word, capsys):
    assert run(["donor", word, "--json"]) == 1

    told = capsys.readouterr()
    assert "nothing is installed" in json.loads(told.out)["error"]["message"]
    assert "next:" in told.err


@pytest.mark.parametrize("word", ["run", "status", "pause", "resume"])
def test_damaged_ledger_is_told_in_words(installed, word, capsys):
    (donor_dir() / "ledger.sqlite").write_bytes(b"not a database" * 999)

    assert run(["donor", word]) == 1

    told = capsys.readouterr().err
    assert "damaged" in told
    assert "next:" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("system", ["darwin", "win32"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["install", "x"],
        ["run"],
        ["status"],
        ["audit"],
        ["share", "5"],
        ["pause"],
        ["resume"],
        ["uninstall"],
    ],
)
def test_other_systems_are_refused_with_a_sentence(monkeypatch, system, arguments, capsys):
    monkeypatch.setattr(sys, "platform", system)

    assert run(["donor", *arguments]) == 1

    assert "Linux only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("2d", 172800), ("0.5h", 1800)],
)
def test_times_are_written_as_people_do(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-1h", "0s", "1y", "1e3s", "٣h"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(UsageError):
        parse_duration(text)


def test_sizes_are_told_in_the_unit_that_fits():
    assert [size_words(n) for n in (0, 999, 1500, 2_500_000, 10**10)] == [
        "0 B",
        "999 B",
        "1.5 kB",
        "2.5 MB",
        "10.0 GB",
    ]
