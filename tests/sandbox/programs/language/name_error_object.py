# what: looks for host objects in the arguments of every error that API calls raise
# class: language
# source: CVE-2024-47532
# expect: ends
# control: none: needs API calls that fail

plain = (str, int, float, bool, bytes, type(None))


def foreign(thing, depth):
    if isinstance(thing, (tuple, list)) and depth < 5:
        return any([foreign(part, depth + 1) for part in thing])
    return not isinstance(thing, plain)


calls = [
    lambda: openfile("missing", False),
    lambda: openfile("../x", False),
    lambda: openfile(3, True),
    lambda: removefile("missing"),
    lambda: sleep("x"),
    lambda: sendmessage("999.1.1.1", 1, "x", "127.0.0.1", 63180),
    lambda: sendmessage(1, 1, 1, 1, 1),
    lambda: listenformessage("127.0.0.1", 1),
    lambda: createthread(4),
    lambda: createlock().release(),
    lambda: log.nothing,
    lambda: createlock(1, 2, 3),
]
for call in calls:
    try:
        call()
    except Exception as problem:
        for name in [
            "args",
            "obj",
            "name",
            "filename",
            "filename2",
            "value",
            "errno",
            "strerror",
            "path",
        ]:
            try:
                found = getattr(problem, name)
            except Exception:
                found = None
            if found is not None and foreign(found, 0) and found is not log:
                log("ESCAPED:foreign object in", name, "\n")
