# what: initialises a file handle a second time with another name
# class: language
# source: open-chat-studio #4238
# expect: ends | error | refused
# control: none: needs API objects

file = openfile("mine", True)
for arguments in [("other",), ("/etc/hostname",), ("/etc/hostname", "r"), (0,), (1, 2, 3)]:
    try:
        file.__init__(*arguments)
        log("initialised again\n")
    except Exception:
        pass
try:
    text = file.readat(None, 0)
except Exception:
    text = ""
if text:
    log("ESCAPED:handle re-opened")
