# what: connects a port to itself, which the kernel would allow
# class: network
# source: simultaneous open
# expect: ends | error
# restrictions: connport 63190
# control: none: the bare calls have no TCP

try:
    openconnection("127.0.0.1", 63190, "127.0.0.1", 63190, 2)
    log("ESCAPED:talks to itself\n")
except RepyArgumentError:
    pass
