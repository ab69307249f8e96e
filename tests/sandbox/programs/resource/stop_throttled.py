# what: is asked to end while it is being held still for its use of CPU
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.01
# seconds: 3
# control: none: the end is judged

while True:
    pass
