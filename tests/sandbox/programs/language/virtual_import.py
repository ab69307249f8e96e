# what: brings code along that the check of the program did not see
# class: language
# source: own
# expect: ends
# control: none: needs virtual namespaces

for code in [
    "import os",
    "x = ().__class__",
    "eval('1')",
    "async def f():\n    pass",
    "def f(:\n",
    "x = '\0'",
    "match 1:\n    case x:\n        pass",
    "x.gi_frame",
    "__builtins__",
]:
    try:
        createvirtualnamespace(code, "brought")
        log("ESCAPED:", code, "\n")
    except CodeUnsafeError:
        pass
