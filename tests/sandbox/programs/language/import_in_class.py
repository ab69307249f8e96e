# what: hides an import in a class body
# class: language
# source: own
# expect: refused
# line: 9


class Holder:
    import posix


if Holder.posix:
    log("ESCAPED:import in a class")
