# what: opens the names under which a host keeps its state
# class: file
# source: own
# expect: ends | error
# control: none: a bare run keeps no state there

for name in [
    "status",
    "status.json",
    "log",
    "vessel.log",
    "keeper.sock",
    "control",
    "lock",
    "files.sum",
    "sum",
    "node.key",
    "ledger.sqlite",
    "restrictions",
    "vessel.restrictions",
]:
    try:
        text = openfile(name, False).readat(None, 0)
        log("ESCAPED:read", name, "\n")
    except RepyException:
        pass
