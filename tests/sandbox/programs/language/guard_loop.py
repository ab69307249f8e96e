# what: binds a guard's name as a loop variable
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

for _getattr_ in [len]:
    log("bound, to no effect")
