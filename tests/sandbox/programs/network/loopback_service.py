# what: sends to a service of the donor on loopback
# class: network
# source: Seattle's repy
# expect: ends | error
# arguments: {canary}

try:
    sendmessage("127.0.0.1", int(callargs[0]), "hello", "127.0.0.1", 63180)
    log("ESCAPED:sent to the donor's service\n")
except ResourceForbiddenError:
    pass
except RepyArgumentError:
    pass
