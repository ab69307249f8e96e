# what: asks for names that are none, and for what a resolver would tell of this machine
# class: network
# source: own
# expect: ends | error
# network: none
# control: none: a look-up would leave this machine

for name in [
    "",
    ".",
    "a" * 5000,
    "localhost\0",
    "127.0.0.1",
    "\u0100",
    None,
    5,
    "-x",
    "%n",
    "x y",
]:
    try:
        found = gethostbyname(name)
        if found[:4] != "127." and type(found) is not str:
            log("ESCAPED:", found, "\n")
    except Exception:
        pass
