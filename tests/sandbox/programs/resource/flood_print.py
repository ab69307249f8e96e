# what: prints and logs in turn, in case they are counted apart
# class: resource
# source: own
# expect: alive | refused | error
# restrictions: lograte 20000, cpu 0.3
# lograte: 20000
# seconds: 3

while True:
    print("x" * 500)
    log("y" * 500, "\n")
