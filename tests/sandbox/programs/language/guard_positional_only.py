# what: shadows a guard by a positional-only parameter
# class: language
# source: CVE-2026-55830
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 9


def read(thing, _getattr_, /):
    return thing.anything


if callable(read):
    log("bound, to no effect")
