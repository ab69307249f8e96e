# what: runs pieces of code in contexts of its own
# class: ordinary
# prints: True 7 42 ['double', 'first', 'second', 'total']
# prints: ab 4
# prints: unsafe: True
# prints: second is missing
# prints: unsafe context
# prints: > LINE
# prints: # LINE

adder = createvirtualnamespace(
    "total = first + second\ndef double(x):\n    return x * 2\n", "adder"
)
context = SafeDict(first=3, second=4)
got = adder.evaluate(context)
log(got is context, got["total"], got["double"](21), sorted(got.keys()), "\n")
again = adder.evaluate({"first": "a", "second": "b"})
log(again["total"], type(again) is type(context) if False else len(again), "\n")
try:
    createvirtualnamespace("import os", "bad")
except CodeUnsafeError as problem:
    log("unsafe:", "import" in str(problem), "\n")
try:
    adder.evaluate({"first": 1})
except NameError:
    log("second is missing\n")
try:
    adder.evaluate({"__first": 1})
except ContextUnsafeError:
    log("unsafe context\n")
plugin = createvirtualnamespace(
    "def handle(text):\n    return prefix + text.upper()\n", "plugin"
)
for prefix in ("> ", "# "):
    log(plugin.evaluate({"prefix": prefix})["handle"]("line"), "\n")
