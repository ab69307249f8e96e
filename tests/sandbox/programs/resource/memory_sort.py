# what: builds enormous temporary lists by sorting, reversing and zipping
# class: resource
# source: own
# expect: stopped memory
# seconds: 10

made = [str(n) for n in range(100000)]
while True:
    made = sorted(made + made, key=lambda text: text + text)
