# what: binds guards' names by starred unpacking in a nested target
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

first, (second, *_getattr_) = 1, (2, 3, 4)
if first:
    log("bound, to no effect")
