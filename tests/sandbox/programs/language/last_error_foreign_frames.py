# what: makes the host fail inside its own code and reads the text of that error
# class: language
# source: own
# expect: ends
# control: none: the leak would be in our own texts

for call in [
    lambda: openfile(1, 2, 3, 4, 5),
    lambda: sorted(log),
    lambda: createlock().acquire(),
    lambda: SafeDict(5),
    lambda: createvirtualnamespace("x = y", "v").evaluate({}),
    lambda: createvirtualnamespace(5, 5),
    lambda: "{0.x}".format(0),
    lambda: getattr(1, 2),
    lambda: type("X", (), {}),
]:
    try:
        call()
    except Exception:
        text = getlasterror() or ""
        for word in [
            "seattle_p2p",
            "/usr/",
            "/home",
            "/work",
            "/root",
            "site-packages",
            "broker",
            "calls.py",
            "handles.py",
            "link.py",
        ]:
            if word in text:
                log("ESCAPED:", word, "in", text, "\n")
