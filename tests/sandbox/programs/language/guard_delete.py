# what: deletes a guard's name
# class: language
# source: own
# expect: refused | ends | error
# control: none: there is no such name outside a vessel
# line: 8

del _getattr_
log("bound, to no effect")
