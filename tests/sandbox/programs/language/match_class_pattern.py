# what: reads an attribute through a class pattern
# class: language
# source: own
# expect: refused
# line: 7

match len:
    case object(__self__=found):
        log("ESCAPED:match")
