# what: fails inside an API call and inside the host's helpers, for the traceback's sake
# class: language
# source: own
# expect: error
# control: none: the leak would be in our own texts


def inner():
    openfile(("no", "name"), 7)


def outer():
    inner()


outer()
