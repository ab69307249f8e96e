# what: shadows a guard by a lambda's positional-only parameter
# class: language
# source: CVE-2026-55830
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

read = lambda _getitem_, /: _getitem_
if callable(read):
    log("bound, to no effect")
