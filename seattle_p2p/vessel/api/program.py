"""Calls about the program itself: its log, its limits, its end, code it runs."""

from seattle_p2p.vessel.api.call import Call, Cost

PROGRAM = (
    Call(
        "log",
        "RP-33",
        "*values",
        "None",
        "Adds to the log: each value as str gives it, with a space between and no newline.",
        (Cost("lograte", 0, "byte"),),
        example='log("sum", 1 + 2, "\\n")\n',
    ),
    Call(
        "randombytes",
        "RP-31",
        "",
        "1024 bytes",
        "Random bytes that nobody can foretell.",
        (Cost("random", 1024),),
        example="log(ord(randombytes()[0]) < 256)\n",
    ),
    Call(
        "getresources",
        "RP-34",
        "",
        "(limits, usage, stops)",
        "Two dictionaries by the names of resources, and the latest times of being held still "
        "as (when, how long). They are copies. usage has threadcpu, too; the ports are sets.",
        example=(
            "limits, usage, stops = getresources()\n"
            'log(limits["memory"], usage["events"], len(stops))\n'
        ),
    ),
    Call(
        "getlasterror",
        "RP-35",
        "",
        "a text, or None",
        "The exception that this thread is handling or else caught last, with the program's "
        "own lines.",
        example="try:\n    1 / 0\nexcept ZeroDivisionError:\n    log(getlasterror())\n",
    ),
    Call(
        "exitall",
        "RP-32",
        "",
        "never",
        "Ends the program at once; no finally runs.",
        example="exitall()\n",
    ),
    Call(
        "createvirtualnamespace",
        "RP-36",
        "code, name",
        "a namespace",
        "Checks code as programs are checked, and keeps it to be run in contexts.",
        errors=(
            ("RepyArgumentError", "code or name is no text, or the name is too long"),
            ("CodeUnsafeError", "the language does not allow it, or it is no Python"),
        ),
        example=(
            'space = createvirtualnamespace("y = x + 1", "adder")\n'
            'log(space.evaluate({"x": 1})["y"])\n'
        ),
    ),
    Call(
        "namespace.evaluate",
        "RP-37",
        "context",
        "the context",
        "Runs the code with the names of a context: a SafeDict, which is returned itself, or a "
        "dict, of which a SafeDict is made. What the code raises comes out here.",
        errors=(
            ("RepyArgumentError", "context is neither"),
            ("ContextUnsafeError", "a key of it is no name that programs may use"),
        ),
        example=(
            'context = SafeDict({"x": 20})\n'
            'createvirtualnamespace("x = x + 1", "next").evaluate(context)\n'
            'log(context["x"])\n'
        ),
    ),
    Call(
        "tobytes",
        "",
        "data",
        "bytes",
        "Data as the calls return it, as bytes.",
        errors=(("RepyArgumentError", "it is none: a character is above U+00FF"),),
        example='log(tobytes("a\\xff"))\n',
    ),
    Call(
        "totext",
        "",
        "data",
        "text",
        "Bytes as the calls would return them: one character for each.",
        errors=(("RepyArgumentError", "it is neither text nor bytes"),),
        example='log(totext(b"abc"))\n',
    ),
)
