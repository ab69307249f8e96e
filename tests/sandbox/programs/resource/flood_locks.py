# what: passes locks between threads without pause
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1, events 6
# cpu: 0.1
# seconds: 3

lock = createlock()


def fight():
    while True:
        lock.acquire(True)
        lock.release()


for number in range(4):
    createthread(fight)
fight()
