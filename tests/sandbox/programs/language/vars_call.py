# what: reads an object's dictionary with vars
# class: language
# source: own
# expect: refused | error

found = vars(Exception)
if found:
    log("ESCAPED:vars")
