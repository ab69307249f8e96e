"""The shell as a whole, without a network: words, errors, identities, state, plug-ins."""

import asyncio
import contextlib
import json
import os
import signal
from importlib.metadata import EntryPoint

import pytest

from seattle_p2p.cli.main import EXIT_INTERRUPTED, run
from seattle_p2p.cli.shell.built_in import built_in_words
from seattle_p2p.cli.shell.interrupts import cancel_on_ctrl_c
from seattle_p2p.cli.shell.people import Identities, Identity, identity_of
from seattle_p2p.cli.shell.plugins import Plugins
from seattle_p2p.cli.shell.running import ScriptLine, run_line, run_script
from seattle_p2p.cli.shell.saved import read_state, restore, write_state
from seattle_p2p.cli.shell.session import Session
from seattle_p2p.cli.shell.topics import TOPICS
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.cli.stream import interrupted
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import Keystore, Sealer

NODES = [KeyPair(bytes([n]) * 32).public for n in range(1, 5)]
ALICE, BOB = KeyPair(b"a" * 32), KeyPair(b"b" * 32)


async def a_secret(what):
    return "correct horse"


def a_session(*, table=None, folder=None):
    words = table or built_in_words()
    return Session("test", folder, Identities(a_secret), words, Plugins(words, None, []))


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    made = a_session()
    stored = Keystore(tmp_path).save("alice", ALICE)
    made.meet(identity_of(stored))
    made.meet(Identity("bob", BOB.public))
    made.identity = "alice"
    for number, node in enumerate(NODES, start=1):
        made.known.take_in(Vessel(number, node, "v1", ("127.0.0.1:1",)), "alice")
    return made


def scripted(*lines):
    return [ScriptLine(text, "steps.txt", n) for n, text in enumerate(lines, start=1)]


# Lines


async def test_on_and_as_alone_change_who_and_where_and_the_prompt_shows_it(session):
    assert await run_line(session, "add 1-2 to lab") == 0
    assert await run_line(session, "as bob on lab") == 0

    assert session.prompt == "bob@lab"


async def test_on_and_as_in_front_of_a_command_hold_for_it_only(session, capsys):
    await run_line(session, "as bob on %3 add to lab")

    assert session.prompt == "alice@all"
    assert [v.number for v in session.scope("bob").resolve("lab")] == [3]


@pytest.mark.parametrize(
    ("line", "said", "next_step"),
    [
        ("lisst", "no word 'lisst'", "`list`"),
        ("show grups", "no word 'show grups'", "`show groups`"),
        ("xyzzy", "no word 'xyzzy'", "`help`"),
        ("show", "show what?", "groups"),
        ("on", "on what?", "TARGET"),
        ("on %9 list", "number %9", "show groups"),
        ("on nosuch", "'nosuch'", "show groups"),
        ("as bop list", "'bop'", "'bob'"),
        ("upload alyce.key", "no file 'alyce.key'", "'alice.key'"),
        ("upload /nosuch/x", "no file '/nosuch/x'", "Tab"),
        ("run helo.r2py", "no file 'helo.r2py'", "'hello.r2py'"),
        ("upload", "FILE is missing", "upload FILE [NAME]"),
        ("upload 'x", "not closed", "close it"),
        ("run $nosuch", "no variable", "set nosuch VALUE"),
        ("add %1", "which group?", "add [TARGET]"),
        ("move %1 to lab", "'all' is no group", "on GROUP move"),
        ("add %1 to %2", "not a name for a group", "letter"),
        ("set ownr bob", "'ownr'", "`set owner`"),
        ("set adv on", "'adv'", "`set advertise`"),
        ("set timeout soon", "not a number", ""),
        ("set advertise maybe", "on or off", "set advertise on|off"),
        ("as bob show ip", "bob knows no vessels yet", "browse"),
        ("as bob on %1 list", "only the public half of bob", "loadkeys"),
        ("contact 127.0.0.1:1", "who must answer", "KEY@HOST:PORT"),
        ("contact nonsense", "no port", ""),
        ("help nosuch", "no word", "`help`"),
        ("loadkeys nosuch", "no key named", "genkeys nosuch"),
        ("loadpub short", "56 characters", ""),
        ("loadstate nosuch", "no file nosuch", ""),
        ("enable nosuch", "no plug-in", ""),
        ("uploaddir alice.key", "not a folder", "upload FILE"),
    ],
)
async def test_an_error_is_one_sentence_and_what_to_do_and_the_shell_goes_on(
    session, capsys, line, said, next_step
):
    code = await run_line(session, line)

    err = capsys.readouterr().err
    assert code in (1, 2)
    assert said in err.splitlines()[0]
    assert len(err.splitlines()) <= 2
    assert next_step in err
    assert "seattle " not in err
    assert await run_line(session, "show settings") == 0


async def test_a_vessel_that_is_not_there_is_a_result_and_two_groups(session, capsys):
    session.options.timeout_s = 5

    code = await run_line(session, "on %1,%2 list")

    assert code == 4
    assert "failed on 2" in capsys.readouterr().err
    assert session.groups.places("listgood") == []
    assert len(session.groups.places("listfail")) == 2


async def test_a_command_on_an_empty_group_does_nothing_and_is_no_failure(session, capsys):
    session.groups.set("uploadfail", [])

    assert await run_line(session, "on uploadfail upload alice.key") == 0
    assert "nothing to do" in capsys.readouterr().err


async def test_nobody_may_choose_a_target_too(capsys):
    session = a_session()
    session.groups.set("lab", [])

    assert await run_line(session, "on lab") == 0
    assert session.prompt == "nobody@lab"
    assert await run_line(session, "list") == 2
    assert "you are nobody yet" in capsys.readouterr().err


async def test_vessels_move_from_one_group_to_another(session):
    for line in ("add 1-3 to lab", "add %4 to spare", "on lab move %2 to spare"):
        assert await run_line(session, line) == 0

    assert [v.number for v in session.scope("alice").resolve("lab")] == [1, 3]
    assert [v.number for v in session.scope("alice").resolve("spare")] == [4, 2]


async def test_addresses_of_machines_go_to_the_screen_or_a_file(session, tmp_path, capsys):
    assert await run_line(session, "show ip") == 0
    assert await run_line(session, "on 1-2 show ip > addresses.txt") == 0

    assert capsys.readouterr().out == "127.0.0.1\n"
    assert (tmp_path / "addresses.txt").read_text() == "127.0.0.1\n"


async def test_variables_stand_for_values_and_are_shown(session, capsys):
    await run_line(session, "set greeting good morning")
    await run_line(session, "echo '$greeting' is \"$greeting\" $$")
    await run_line(session, "show variables")

    assert capsys.readouterr().out.startswith("$greeting is good morning $\n")


async def test_a_mistake_of_ours_is_told_and_does_not_end_the_shell(session, capsys):
    async def broken(turn):
        return 1 // 0

    session.table.add(Word("break", "", "x", "x", "break", broken))

    assert await run_line(session, "break") == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_ctrl_c_ends_the_command_and_not_the_shell(session, capsys):
    async def endless(turn):
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    session.table.add(Word("hang", "", "x", "x", "hang", endless))

    assert await run_line(session, "hang") == EXIT_INTERRUPTED
    assert await run_line(session, "show groups") == 0


async def test_ctrl_c_still_ends_a_command_that_followed_logs_before(session):
    async def follow(turn):
        assert not await interrupted(asyncio.sleep(0))
        cancel_on_ctrl_c(asyncio.current_task())
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    session.table.add(Word("follow", "", "x", "x", "follow", follow))

    assert await run_line(session, "follow") == EXIT_INTERRUPTED


# Scripts


async def test_a_script_ends_at_its_first_failure_and_names_the_line(session, capsys):
    code = await run_script(
        session, scripted("# begin", "", "lisst", "echo not reached"), echo=False
    )

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "in steps.txt, line 3: lisst" in err


async def test_a_script_may_go_on_after_failures_and_still_tells_them(session, capsys):
    lines = scripted("set stoponerror off", "lisst", "echo reached", "on %1 upload nosuch")

    code = await run_script(session, lines, echo=True)

    out, err = capsys.readouterr()
    assert (code, out) == (2, "reached\n")
    assert "alice@all> echo reached" in err


async def test_exit_ends_a_script_in_the_middle(session, capsys):
    assert await run_script(session, scripted("exit", "lisst"), echo=False) == 0


async def test_json_gives_one_line_a_command_and_errors_too(session, capsys):
    session.as_json = True
    session.options.stop_on_error = False

    await run_script(
        session,
        scripted("add 1-2 to lab", "show groups", "lisst", "help", "show identities"),
        echo=False,
    )

    added, groups, error, helped, known = map(json.loads, capsys.readouterr().out.splitlines())
    assert (added["group"], added["changed"]) == ("lab", 2)
    assert len(groups["groups"]["lab"]) == 2
    assert error["error"]["code"] == "usage"
    assert {"name", "usage", "line", "teach", "example", "also"} == set(helped["words"][0])
    assert [i["private"] for i in known["identities"]] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-c", "show settings"], 0),
        (["-c", "nosuch"], 2),
        (["-c", "echo a\necho b", "-c", "list"], 1),
        (["nosuch.txt"], 1),
        (["x", "-c", "list"], 2),
    ],
)
def test_the_exit_code_is_that_of_the_first_failure(arguments, code, tmp_path, monkeypatch):
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path))
    with contextlib.suppress(FileNotFoundError):
        os.unlink("nosuch.txt")

    assert run(["shell", *arguments]) in (code, 2 if code == 1 else code)


# Keys


async def test_genkeys_never_overwrites_and_shows_no_private_half(session, capsys):
    assert await run_line(session, "genkeys --passphrase carol") == 0
    assert await run_line(session, "genkeys carol") == 1
    assert await run_line(session, "show keys") == 0

    out, err = capsys.readouterr()
    assert "is not overwritten" in err
    assert "sealed" in out
    for key in (ALICE, BOB):
        assert key.seed.hex() not in out + err


async def test_keys_are_loaded_from_files_and_texts_under_any_name(session, tmp_path):
    Keystore(tmp_path / "elsewhere").save("old", BOB)
    (tmp_path / "dora.public").write_text(KeyPair(b"d" * 32).public.text + "\n")

    assert await run_line(session, "loadkeys elsewhere/old.key as bob") == 0
    assert await run_line(session, "loadpub dora.public") == 0
    assert await run_line(session, f"loadpub {KeyPair(b'e' * 32).public.text} as eve") == 0
    assert await run_line(session, f"loadpub {KeyPair(b'f' * 32).public.text} as eve") == 2

    assert (await session.identities.open("bob")).seed == BOB.seed
    assert session.identities.names == ["alice", "bob", "dora", "eve"]


# Saved sessions


async def test_a_session_comes_back_as_it_was_saved(session, tmp_path):
    for line in ("add 2-3 to lab", "set program x y", "set timeout 7", "on lab"):
        assert await run_line(session, line) == 0
    write_state(tmp_path / "state", session, Sealer("correct horse"))

    other = a_session()
    restore(other, read_state(tmp_path / "state", "correct horse"))

    assert other.prompt == "alice@lab"
    assert [v.number for v in other.scope("alice").resolve("lab")] == [2, 3]
    assert other.known.everything == session.known.everything
    assert (other.variables, other.options) == ({"program": "x y"}, session.options)
    assert (await other.identities.open("alice")).seed == ALICE.seed


async def test_a_saved_session_tells_nothing_without_its_passphrase(session, tmp_path):
    path = tmp_path / "state"
    write_state(path, session, Sealer("correct horse"))

    content = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert NODES[0].text.encode() not in content
    assert ALICE.seed.hex().encode() not in content
    with pytest.raises(SeattleError, match="does not open"):
        read_state(path, "wrong")
    path.write_bytes(content.replace(b'"box"', b'"bax"'))
    with pytest.raises(UsageError, match="damaged"):
        read_state(path, "correct horse")


async def test_a_session_is_never_saved_over_something_else(session, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    assert await run_line(session, "savestate thesis.txt") == 2
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert await run_line(session, "savestate a.state") == 0
    assert await run_line(session, "savestate a.state") == 0


async def test_dead_vessels_are_dropped_into_a_group_of_their_own_on_load(session, capsys):
    await run_line(session, "add 1-2 to lab")
    await run_line(session, "savestate a.state")

    assert await run_line(session, "loadstate a.state") == 3
    assert len(session.groups.places("reloadfail")) == 4
    assert session.groups.places("lab") == []
    assert "0 of 4 vessels answer" in capsys.readouterr().err


async def test_autosave_writes_after_each_command(session, tmp_path):
    assert await run_line(session, "set autosave on mine.state") == 0
    await run_line(session, "add 4 to lab")

    saved = read_state(tmp_path / "mine.state", "correct horse")
    assert saved.groups["lab"] == (4,)


# Words and plug-ins


def test_every_word_teaches_with_an_example_that_it_understands():
    table = built_in_words()
    for word in table:
        assert word.line
        assert word.teach
        assert not word.line.endswith(".")
        assert word.example
        for line in word.example.splitlines():
            names = line.partition(" #")[0].split()
            while names[0] in ("on", "as") and len(names) > 2:
                names = names[2:]
            found, rest = table.need(names)
            found.read(rest)


@pytest.mark.parametrize("topic", ["", "help", "set", "show", "upload", "show log", *TOPICS])
async def test_help_explains_words_families_and_topics(session, capsys, topic):
    assert await run_line(session, f"help {topic}") == 0
    assert capsys.readouterr().out.strip()


async def wave(turn):
    print("waving")
    return 0


HELLO = [Word("wave", "[TARGET]", "Wave", "Waves.", "wave", wave)]
CLASH = [Word("ahoy", "", "x", "x", "x", wave), Word("list", "", "x", "x", "x", wave)]


def broken():
    raise RuntimeError("no such planet")


def entry(name, what):
    return EntryPoint(name, f"{__name__}:{what}", "seattle_p2p.shell_words")


@pytest.fixture
def plugged(session, tmp_path, monkeypatch):
    import sys
    import types

    module = types.ModuleType("a_package_with_words")
    module.HELLO, module.CLASH, module.broken = HELLO, CLASH, broken
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entries = [
        EntryPoint(name, f"{module.__name__}:{what}", "seattle_p2p.shell_words")
        for name, what in (("hello", "HELLO"), ("clash", "CLASH"), ("broken", "broken"))
    ]

    def load():
        session.table = built_in_words()
        session.plugins = Plugins(session.table, tmp_path / "plugins.json", entries)
        return session

    return load


async def test_words_of_plug_ins_are_words_like_all_others(plugged, capsys):
    session = plugged()

    assert await run_line(session, "wave") == 0
    assert await run_line(session, "help wave") == 0
    assert "Waves." in capsys.readouterr().out


async def test_a_plug_in_that_clashes_or_breaks_is_left_out_whole_with_the_reason(
    plugged, capsys
):
    session = plugged()

    assert await run_line(session, "show plugins") == 0
    out = capsys.readouterr().out
    assert "'list' is one of the shell itself already" in out
    assert "no such planet" in out
    assert await run_line(session, "ahoy") == 2


async def test_a_plug_in_stays_off_until_it_is_enabled(plugged):
    assert await run_line(plugged(), "disable hello") == 0
    session = plugged()
    assert await run_line(session, "wave") == 2
    assert await run_line(session, "enable hello") == 0
    assert await run_line(plugged(), "wave") == 0


# What the original had


async def test_settings_are_set_and_shown_together(session, capsys):
    session.as_json = True
    for line in ("set timeout 7", "set parallel 5", "set stoponerror off", "show settings"):
        assert await run_line(session, line) == 0

    settings = json.loads(capsys.readouterr().out)["settings"]
    assert (settings["timeout"], settings["parallel"], settings["stoponerror"]) == (7, 5, "off")
    assert settings["identity"] == "alice"


@pytest.mark.parametrize(
    "line",
    [
        "set showparse off",
        "get 3 wan",
        "release",
        "show location",
        "show coordinates",
        "show factoids",
        "runv1 x.repy",
        "startv2 x.r2py",
        "show uploadrate",
        "modulehelp geoip",
    ],
)
async def test_words_that_were_dropped_are_told_the_nearest(session, capsys, line):
    await run_line(session, line)

    err = capsys.readouterr().err
    if line.startswith("set "):  # reads as a variable of that name, and does no more
        assert session.variables == {"showparse": "off"}
    else:
        assert err.startswith("error: ")
        assert "next: " in err
