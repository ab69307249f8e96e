# what: waits for a lock that nobody gives back, in every thread
# class: resource
# source: own
# expect: alive
# restrictions: events 5
# seconds: 2
# control: none: the end is judged

lock = createlock()
lock.acquire(True)


def wait():
    lock.acquire(True)


for number in range(3):
    createthread(wait)
wait()
