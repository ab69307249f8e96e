# what: overflows the C stack with a chain of C iterators
# class: language
# source: known crasher of CPython
# expect: crash | ends | error | stopped memory
# control: none: it crashes the interpreter

chain = iter([1, 2, 3])
for step in range(200000):
    chain = map(bool, chain)
for item in chain:
    break
log("went through\n")
