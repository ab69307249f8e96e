import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from seattle_p2p.cli.shell.built_in import built_in_words
from seattle_p2p.cli.shell.completion import ShellCompleter
from seattle_p2p.cli.shell.people import Identities, Identity
from seattle_p2p.cli.shell.plugins import Plugins
from seattle_p2p.cli.shell.session import Session
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair

NODE = KeyPair(b"n" * 32).public


async def nobody_asks(what):
    raise AssertionError(what)


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hello.r2py").touch()
    (tmp_path / "my data.txt").touch()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "row.txt").touch()
    table = built_in_words()
    made = Session("test", None, Identities(nobody_asks), table, Plugins(table, None, []))
    made.meet(Identity("alice", KeyPair(b"a" * 32).public))
    made.meet(Identity("bob", KeyPair(b"b" * 32).public))
    made.identity = "alice"
    vessel = made.known.take_in(Vessel(1, NODE, "v1", ("127.0.0.1:1",)), "alice")
    made.groups.add("lab", [vessel])
    made.variables["program"] = "hello.r2py"
    made.remote[vessel] = ["far.txt", "fire.txt", "other.txt"]
    return made


async def completed(session, line):
    document = Document(line)
    found = [
        completion
        async for completion in ShellCompleter(session).get_completions_async(
            document, CompleteEvent()
        )
    ]
    return [line[: len(line) + c.start_position] + c.text for c in found]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("upl", ["upload", "uploaddir"]),
        ("gen", ["genkeys"]),
        ("quit", ["quit"]),
        ("show gr", ["show groups"]),
        ("show keys", ["show keys"]),
        ("set adv", ["set advertise"]),
        ("set advertise o", ["set advertise on", "set advertise off"]),
        ("on l", ["on lab"]),
        ("on %", ["on %1"]),
        ("on %1,l", ["on %1,lab"]),
        ("on lab as b", ["on lab as bob"]),
        ("on lab sho", ["on lab show"]),
        ("as alice on lab set users b", ["as alice on lab set users bob"]),
        ("add %1 t", ["add %1 to"]),
        ("add %1 to l", ["add %1 to lab"]),
        ("upload h", ["upload hello.r2py"]),
        ("upload my", ["upload 'my data.txt'"]),
        ("upload 'my d", ["upload 'my data.txt'"]),
        ("upload results/r", ["upload results/row.txt"]),
        ("uploaddir ", ["uploaddir results/"]),
        ("run --d", ["run --detach"]),
        ("run all", ["run all_pairs_ping.r2py"]),
        ("cat f", ["cat far.txt", "cat fire.txt"]),
        ("on lab delete o", ["on lab delete other.txt"]),
        ("run $p", ["run $program"]),
        ("help targ", ["help targets"]),
        ("help show gr", ["help show groups"]),
        ("echo # upl", []),
        ("nosuch x", []),
    ],
)
async def test_tab_offers_what_may_stand_there(session, line, wanted):
    assert await completed(session, line) == wanted


async def test_vessels_that_do_not_answer_offer_no_files_and_hold_nobody_up(session):
    session.remote.clear()
    session.options.timeout_s = 1

    assert await completed(session, "as bob on lab cat f") == []
