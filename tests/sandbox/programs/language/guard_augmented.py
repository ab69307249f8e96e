# what: replaces a guard by augmented assignment
# class: language
# source: own
# expect: refused | ends | error
# control: none: there is no such name outside a vessel
# line: 8

_inplacevar_ += 1
log("bound, to no effect")
