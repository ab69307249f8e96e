# what: binds a guard's name by except ... as
# class: language
# source: RestrictedPython tests
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 10

try:
    1 / 0
except ZeroDivisionError as _getattr_:
    log("bound, to no effect")
