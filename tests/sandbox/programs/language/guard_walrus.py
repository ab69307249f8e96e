# what: binds a guard's name by an assignment expression
# class: language
# source: RestrictedPython tests
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

if (_getattr_ := len) is len:
    log("bound, to no effect")
