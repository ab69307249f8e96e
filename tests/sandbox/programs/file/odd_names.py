# what: opens files of names that mean something elsewhere
# class: file
# source: own
# expect: ends | error

for name in [
    "",
    ".hidden",
    "Upper",
    "a b",
    " a",
    "a ",
    "a/b",
    "a\\b",
    "..\\secret",
    "c:x",
    "a\0b",
    "a\n",
    "\n",
    "a\tb",
    "ä",
    "．．／secret",
    "ａ",
    "a\u200b",
    "%2e%2e%2fx",
    "x" * 121,
    "x" * 5000,
    "\ud800",
    "*",
    "a;b",
    "$(id)",
    "`id`",
    "-" * 200,
]:
    try:
        openfile(name, True)
        log("ESCAPED:opened", repr(name), "\n")
    except RepyArgumentError:
        pass
