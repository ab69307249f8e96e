# what: logs without pause
# class: resource
# source: own
# expect: alive
# restrictions: lograte 20000, cpu 0.3
# lograte: 20000
# seconds: 3

number = 0
while True:
    log("line", number, "x" * 200, "\n")
    number += 1
