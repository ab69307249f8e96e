# what: listens on more ports than it may
# class: resource
# source: own
# expect: ends | error
# restrictions: insockets 2, messport 63110, messport 63111, messport 63112, messport 63113

opened = []
for port in range(63110, 63114):
    try:
        opened.append(listenformessage("127.0.0.1", port))
    except ResourceExhaustedError:
        pass
    except AddressBindingError:
        pass
if len(opened) > 2:
    log("ESCAPED:", len(opened), "sockets\n")
