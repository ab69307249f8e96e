# what: joins a generator that never ends
# class: resource
# source: own
# expect: stopped memory
# seconds: 15


def pieces():
    while True:
        yield "x" * 10000


text = "".join(pieces())
log("ESCAPED:an endless text\n")
