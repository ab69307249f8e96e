# what: names BaseException, to catch the end of the program
# class: language
# source: own
# expect: refused | error

caught = BaseException
if caught:
    log("ESCAPED:BaseException")
