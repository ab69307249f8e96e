# what: is asked to end while a call waits for its rate
# class: resource
# source: own
# expect: alive
# restrictions: random 100
# seconds: 3
# control: none: the end is judged

while True:
    randombytes()
