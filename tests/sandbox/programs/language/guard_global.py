# what: declares a guard's name global inside a function
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 10


def take():
    global _getattr_
    _getattr_ = len


take()
log("bound, to no effect")
