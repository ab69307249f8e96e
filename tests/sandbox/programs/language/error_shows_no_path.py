# what: looks for the donor's paths in the texts of errors
# class: language
# source: own
# expect: ends
# control: none: the leak would be in our own texts

texts = []
for call in [
    lambda: openfile("missing", False),
    lambda: openfile("x" * 300, True),
    lambda: openfile("../" * 5, False),
    lambda: removefile("missing"),
    lambda: sleep("x"),
    lambda: listenformessage("127.0.0.1", 7),
    lambda: undefined_name,
    lambda: log.nothing,
]:
    try:
        call()
    except Exception as problem:
        texts.append(str(problem) + repr(problem))
for text in texts:
    if (
        "/home" in text
        or "/tmp" in text
        or "/usr" in text
        or "/work" in text
        or "site-packages" in text
    ):
        log("ESCAPED:a path of the donor:", text, "\n")
