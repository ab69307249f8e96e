# what: hands contexts over whose names replace builtins and guards
# class: language
# source: own
# expect: ends
# control: none: needs virtual namespaces


class Key(str):
    def isidentifier(self):
        return True

    def startswith(self, *arguments):
        return False


def put(context, key):
    context[key] = len


empty = createvirtualnamespace("x = 1", "v")
for key in [
    "__builtins__",
    "$format",
    "$class",
    "__import__",
    "a b",
    "",
    "1",
    1,
    None,
    ("x",),
    Key("__builtins__"),
    b"x",
]:
    for make in [
        lambda: {key: len},
        lambda: SafeDict({key: len}),
        lambda: SafeDict([(key, len)]),
        lambda: SafeDict(**{key: len}),
    ]:
        try:
            empty.evaluate(make())
            log("ESCAPED:", repr(key), "\n")
        except Exception:
            pass
    context = SafeDict()
    for act in [
        lambda: context.update({key: len}),
        lambda: context.setdefault(key, len),
        lambda: put(context, key),
    ]:
        try:
            act()
        except Exception:
            pass
    if len(context):
        log("ESCAPED: put", repr(key), "\n")
for thing in [None, 5, "x", [], log, [("a", 1)], lambda: {}]:
    try:
        empty.evaluate(thing)
        log("ESCAPED:evaluated in", thing, "\n")
    except RepyArgumentError:
        pass
