# what: takes the rest of a mapping by match
# class: language
# source: own
# expect: refused
# control: none: match is refused as a whole
# line: 8

match {"a": 1, "b": 2}:
    case {"a": 1, **__rest__}:
        log("the check let it pass")
