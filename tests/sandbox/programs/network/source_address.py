# what: sends from an address that is not the donor's
# class: network
# source: spoofing
# expect: ends | error

for address in [
    "8.8.8.8",
    "255.255.255.255",
    "224.0.0.1",
    "::1",
    "localhost",
    "",
    "127.1",
    None,
    1,
]:
    try:
        sendmessage("127.0.0.1", 63181, "hello", address, 63180)
        log("ESCAPED:sent from", address, "\n")
    except Exception:
        pass
