# what: fails inside a layer and reads where, which must not show the donor's own files
# class: language
# source: own
# expect: ends | error
# layer: keep_first_bytes
# control: none: needs a security layer

file = openfile("kept", True)
file.writeat("SAFE", 0)
for call in [
    lambda: file.writeat("EVIL", 0),
    lambda: file.readat("x", 0),
    lambda: openfile("../x", True),
    lambda: file.nothing(),
]:
    try:
        call()
    except Exception:
        text = getlasterror() or ""
        for word in ["seattle_p2p", "/usr/", "/home", "/work", "/root", "security_layers"]:
            if word in text:
                log("ESCAPED:", word, "\n")
