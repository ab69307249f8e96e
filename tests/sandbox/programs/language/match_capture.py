# what: captures into a guard's name by match
# class: language
# source: RestrictedPython tests
# expect: refused
# control: none: binding the name is the whole attack
# line: 8

match 1:
    case _getattr_:
        log("the check let it pass")
