# what: writes and reads long decimal numbers, which is quadratic
# class: resource
# source: own
# expect: alive | error | ends | stopped memory
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

while True:
    try:
        text = str(10**4000)
        int(text * 1)
        int("9" * 4_000_000)
    except ValueError:
        pass
