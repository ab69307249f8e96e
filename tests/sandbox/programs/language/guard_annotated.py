# what: binds a guard's name by an annotated assignment
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

_getattr_: object = len
if _getattr_ is len:
    log("bound, to no effect")
