# what: writes one number of a million digits, in one step of the interpreter
# class: resource
# source: own
# expect: alive | ends
# control: none: the interpreter refuses such numbers by itself
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

number = 1 << 4_000_000
while True:
    str(number)
