# what: hands over an address that is another one when it is read again
# class: network
# source: own
# expect: ends | error
# arguments: {canary}


class Address(str):
    def __str__(self):
        return "8.8.8.8"

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def split(self, *arguments):
        return ["8", "8", "8", "8"]

    def encode(self, *arguments):
        return b"8.8.8.8"


try:
    sendmessage(Address("127.0.0.1"), int(callargs[0]), "hello", "127.0.0.1", 63180)
    log("ESCAPED:sent\n")
except InternetConnectivityError:
    log("ESCAPED:tried\n")
except Exception:
    pass
