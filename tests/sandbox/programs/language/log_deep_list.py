# what: logs a list nested 100,000 deep
# class: language
# source: own
# expect: ends | error | crash
# control: none: the harm would be in the host

nest = []
for step in range(100000):
    nest = [nest]
try:
    log(nest, "\n")
except RecursionError:
    pass
