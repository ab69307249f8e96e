"""Security layers, among them the assignment of many courses: a reference monitor for files."""

import msgspec
import pytest

from seattle_p2p.cli.examples import texts
from tests.support.vessels import amounts, keepers_in, log_of

GUARD_FIRST_BYTES = texts()["keep_first_bytes"]

SHOUT = """
def shout(text):
    log(text.upper())
CHILD_CONTEXT_DEF["log"] = {"type": "func", "args": (str,), "exceptions": RepyException,
                            "return": None, "target": shout}
secure_dispatch_module()
"""

WRAP = """
def wrap(text):
    log("<" + text + ">")
CHILD_CONTEXT_DEF["log"] = {"type": "func", "args": (str,), "exceptions": RepyException,
                            "return": None, "target": wrap}
secure_dispatch_module()
"""


async def run_above(tmp_path, layers: list[str], text: str):
    """Status and log of a program above some layers, the lowest first."""
    program = tmp_path / "program"
    program.write_text(text)
    named = tuple((f"layer{i}", layer.encode()) for i, layer in enumerate(layers))
    async with keepers_in(tmp_path / "vessels") as keepers:
        keepers.make("v1")
        await keepers.start(
            "v1",
            amounts(),
            "program",
            [],
            "r",
            launch_with=lambda launch: msgspec.structs.replace(
                launch, program_path=str(program), layers=named
            ),
        )
        return await keepers.wait_end("v1"), log_of(keepers)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f.writeat('head', 0); f.writeat('body', 4); f.writeat('BO', 4)", "headBOdy"),
        ("f.writeat('he', 0); f.writeat('ad', 2)", "head"),
        ("f.writeat(b'head', 0); f.writeat('more', 4)", "headmore"),
        ("f.writeat('', 0); f.writeat('head', 0)", "head"),
        ("f.writeat('headandbody', 0)", "headandbody"),
        ("g = openfile('g', True); g.writeat('other', 0); f.writeat('head', 0)", "head"),
        (
            "f.writeat('head', 0); log(f.readat(2, 1), listfiles(), ''); f.readat(0, 4)",
            "ea ['f'] head",
        ),
    ],
)
async def test_a_reference_monitor_lets_honest_programs_be(tmp_path, text, said):
    program = f"f = openfile('f', True)\n{text}\nlog(f.readat(None, 0))\nf.close()\n"

    status, log = await run_above(tmp_path, [GUARD_FIRST_BYTES], program)

    assert (status.cause, log) == ("done", said)


@pytest.mark.parametrize(
    "attack",
    [
        "f.writeat('X', 0)",
        "f.writeat('X', 3)",
        "f.writeat('XXXXXXXX', 0)",
        "f.writeat(b'X', 1)",
        "f.writeat('X', -1)",
        "f.writeat('X', True)",
        "f.writeat('X', 0.0)",
        "f.writeat(bytearray(b'X'), 0)",
        "f.close(); openfile('f', True).writeat('X', 0)",
        "f.close(); removefile('f'); openfile('f', True).writeat('X', 0)",
        "removefile('f')",
        "_context['openfile']('f', False).writeat('X', 0)",
        "f.close(); _context['openfile']('f', False).writeat('X', 0)",
        "f.close(); createvirtualnamespace(\"openfile('f', False).writeat('X', 0)\", 'n')"
        ".evaluate(_context.copy())",
        "f.close(); createvirtualnamespace(\"openfile('f', False).writeat('X', 0)\", 'n')"
        ".evaluate({})",
        "del _context['openfile']; f.close(); openfile('f', False).writeat('X', 0)",
        "f._file.writeat('X', 0)",
        "getattr(f, '_file').writeat('X', 0)",
        "setattr(f, '_lock', createlock())",
        "class Sly(int): pass\n    f.writeat('X', Sly(0))",
        "class Sly(str): pass\n    f.close(); openfile(Sly('f'), True).writeat('X', 0)",
        "KEPT = 0; f.writeat('X', 0)",
        "_context['KEPT'] = 0; f.writeat('X', 0)",
        "for _ in range(5): createthread(lambda: f.writeat('X', 0))",
    ],
)
async def test_a_reference_monitor_holds_against_attacks(tmp_path, attack):
    program = f"""
f = openfile('f', True)
f.writeat('head', 0)
f.writeat('body', 4)
try:
    {attack}
except Exception:
    pass
sleep(0.05)
try:
    f.close()
except FileClosedError:
    pass
log(openfile('f', False).readat(None, 0))
"""
    # Threads whose exceptions nobody catches end the program, as they should.
    status, log = await run_above(tmp_path, [GUARD_FIRST_BYTES], program)

    assert "X" not in log.partition("Uncaught")[0]
    assert status.cause in ("error", "refused") or log == "headbody", log


async def test_of_two_who_write_first_at_the_same_time_one_comes_first(tmp_path):
    program = """
f = openfile('f', True)
kept = []
def write(text):
    try:
        f.writeat(text, 0)
    except ResourceForbiddenError:
        kept.append(text)
for text in ("aaaa", "bbbb", "cccc", "dddd"):
    createthread(lambda text=text: write(text))
while len(kept) < 3:
    sleep(0.01)
sleep(0.05)
log(len(kept), f.readat(None, 0) in ("aaaa", "bbbb", "cccc", "dddd"))
"""
    _, log = await run_above(tmp_path, [GUARD_FIRST_BYTES], program)

    assert log == "3 True"


@pytest.mark.parametrize(
    "attempt",
    [
        "f._file",
        "f._lock",
        "f._Object__methods",
        "getattr(f, '_file')",
        "f.writeat.target",
        "setattr(f, 'writeat', None)",
        "type(f)",
        "CHILD_CONTEXT_DEF",
        "secure_dispatch_module",
        "Guarded",
    ],
)
async def test_there_is_no_way_round_a_layer(tmp_path, attempt):
    text = f"f = openfile('f', True)\ntry:\n    {attempt}\n    log('through')\n"
    text += "except (AttributeError, TypeError, NameError):\n    log('no')\n"

    status, log = await run_above(tmp_path, [GUARD_FIRST_BYTES], text)

    assert (status.cause, log) in [("done", "no"), ("refused", "")]


@pytest.mark.parametrize("call", ["openfile(1, True)", "openfile('f')", "openfile('f', 1)"])
async def test_types_of_arguments_are_enforced(tmp_path, call):
    text = f"try:\n    {call}\nexcept RepyArgumentError:\n    log('refused')\n"

    _, log = await run_above(tmp_path, [GUARD_FIRST_BYTES], text)

    assert log == "refused"


async def test_layers_stack_with_the_first_one_lowest(tmp_path):
    _, log = await run_above(tmp_path, [SHOUT, WRAP], "log('a')")
    assert log == "<A>"


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("import os\n", "line 1"),
        ("x = 1\n", "never called secure_dispatch_module"),
        ("CHILD_CONTEXT_DEF['log'] = 5\nsecure_dispatch_module()\n", "no dictionary"),
        ("CHILD_CONTEXT_DEF['log'] = {}\nsecure_dispatch_module()\n", "lacks"),
        ("CHILD_CONTEXT_DEF['nonsense'] = {}\nsecure_dispatch_module()\n", "no call"),
    ],
)
async def test_a_layer_that_makes_no_sense_refuses_the_program(tmp_path, layer, words):
    status, log = await run_above(tmp_path, [layer], "log('never')")

    assert (status.cause, log) == ("refused", "")
    assert words in status.text


async def test_a_layer_that_breaks_its_own_word_ends_the_program(tmp_path):
    liar = SHOUT.replace("    log(text.upper())", "    return 5")

    status, log = await run_above(tmp_path, [liar], "log('a')\nlog('b')")

    assert status.cause == "error"
    assert "log: gave int" in status.text
    assert "b" not in log.splitlines()
