# what: binds a guard's name in a comprehension
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

names = [_getattr_ for _getattr_ in [len]]
if names:
    log("bound, to no effect")
