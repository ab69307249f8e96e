"""Security layers, among them the assignment of many courses: a reference monitor for files."""

import msgspec
import pytest

from tests.support.vessels import amounts, keepers_in, log_of

GUARD_FIRST_BYTES = '''
"""The first 4 bytes of every file may be written once and never again."""

class Guarded:
    def __init__(self, file):
        self.file = file
        self.lock = createlock()

    def readat(self, size, offset):
        return self.file.readat(size, offset)

    def writeat(self, data, offset):
        self.lock.acquire(True)
        try:
            if offset < 4 and self.file.readat(1, offset):
                raise ResourceForbiddenError("the first bytes of a file are kept")
            self.file.writeat(data, offset)
        finally:
            self.lock.release()

    def close(self):
        return self.file.close()

def guarded_openfile(name, create):
    return Guarded(openfile(name, create))

def method(args, result, target):
    return {"type": "func", "args": args, "exceptions": RepyException,
            "return": result, "target": target}

CHILD_CONTEXT_DEF["openfile"] = {
    "type": "objc", "args": (str, bool), "exceptions": RepyException,
    "return": {
        "name": "Guarded", "obj-type": Guarded,
        "readat": method(((int, None), int), str, Guarded.readat),
        "writeat": method((str, int), None, Guarded.writeat),
        "close": method((), None, Guarded.close),
    },
    "target": guarded_openfile,
}
secure_dispatch_module()
'''

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


async def test_a_reference_monitor_guards_files_and_lets_the_rest_be(tmp_path):
    status, log = await run_above(
        tmp_path,
        [GUARD_FIRST_BYTES],
        """
f = openfile("f", True)
f.writeat("head", 0)
f.writeat("body", 4)
f.writeat("BO", 4)
for offset in (0, 3):
    try:
        f.writeat("x", offset)
        log("overwritten ")
    except ResourceForbiddenError:
        log("kept ")
log(f.readat(None, 0))
f.close()
""",
    )

    assert (status.cause, log) == ("done", "kept kept headBOdy")


@pytest.mark.parametrize(
    "attempt",
    [
        "f.file",
        "f.lock",
        "f._Object__methods",
        "getattr(f, 'file')",
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
