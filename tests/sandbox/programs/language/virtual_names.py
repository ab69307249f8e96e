# what: names its code like files of the host, so that an error would quote them
# class: language
# source: own
# expect: ends | error
# control: none: needs virtual namespaces

for name in [
    "/etc/passwd",
    "/proc/self/environ",
    "../x",
    "<string>",
    "<frozen os>",
    "x\ny",
    "",
    "\ud800",
    "x" * 100,
    "program.py",
]:
    try:
        createvirtualnamespace("\n" * 5 + "1 / 0", name).evaluate({})
    except ZeroDivisionError:
        text = getlasterror()
        if "root:" in text or "PATH=" in text or "seattle_p2p" in text:
            log("ESCAPED:", text, "\n")
    except RepyArgumentError:
        pass
for name in [None, 5, b"x", ["x"], "x" * 100000]:
    try:
        createvirtualnamespace("x = 1", name)
        log("ESCAPED:named", str(name)[:20], "\n")
    except RepyArgumentError:
        pass
