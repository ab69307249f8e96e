# what: overflows the C stack with filter and enumerate
# class: language
# source: known crasher of CPython
# expect: crash | ends | error | stopped memory
# control: none: it crashes the interpreter

chain = iter([1, 2, 3])
for step in range(100000):
    chain = filter(None, chain)
    chain = enumerate(chain)
for item in chain:
    break
log("went through\n")
