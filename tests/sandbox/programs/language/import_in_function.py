# what: hides the import in a function that is called at the end
# class: language
# source: own
# expect: refused
# line: 9


def late():
    import posix

    return posix.getpid()


if late():
    log("ESCAPED:late import")
