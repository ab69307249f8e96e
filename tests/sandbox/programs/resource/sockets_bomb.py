# what: listens on more ports than it may
# class: resource
# source: own
# expect: ends | error
# restrictions: insockets 2, messport 63170, messport 63171, messport 63172, messport 63173

opened = []
for port in range(63170, 63174):
    try:
        opened.append(listenformessage("127.0.0.1", port))
    except ResourceExhaustedError:
        pass
    except AddressBindingError:
        pass
if len(opened) > 2:
    log("ESCAPED:", len(opened), "sockets\n")
