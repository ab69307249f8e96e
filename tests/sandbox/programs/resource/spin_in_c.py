# what: spends its time in one call that never comes back to the interpreter
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

sum(iter(lambda: 1, 0))
