# what: computes a power that takes minutes inside one instruction
# class: resource
# source: own
# expect: alive | stopped memory
# restrictions: cpu 0.1, memory 100000000
# cpu: 0.1
# seconds: 3

base = 7**100000
while True:
    base = pow(base, 1000001, 10**100000 + 7)
