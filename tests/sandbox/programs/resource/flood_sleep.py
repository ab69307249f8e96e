# what: sleeps for no time, without pause
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3
# control: none: the broker is what it floods

while True:
    sleep(0)
    sleep(0.0000001)
