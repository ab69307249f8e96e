# what: logs nothing, without pause
# class: resource
# source: own
# expect: alive
# restrictions: lograte 20000, cpu 0.1
# cpu: 0.1
# lograte: 20000
# seconds: 3
# control: none: the broker is what it floods

while True:
    log()
    log("")
