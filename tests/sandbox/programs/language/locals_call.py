# what: asks for the locals of a class body, a dictionary that is live
# class: language
# source: own
# expect: refused | error


class Thing:
    found = locals()


if Thing.found:
    log("ESCAPED:locals()")
