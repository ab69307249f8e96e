# what: passes work between threads through a queue of its own
# class: ordinary
# restrictions: events 5
# prints: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225, 256, 289, 324, 361]


class Queue:
    def __init__(self):
        self._items = []
        self._lock = createlock()

    def put(self, item):
        self._lock.acquire(True)
        try:
            self._items.append(item)
        finally:
            self._lock.release()

    def get(self):
        while True:
            self._lock.acquire(True)
            try:
                if self._items:
                    return self._items.pop(0)
            finally:
                self._lock.release()
            sleep(0.005)


jobs, results = Queue(), Queue()


def consume():
    while True:
        job = jobs.get()
        if job is None:
            return
        results.put((job, job**2))


for number in range(3):
    createthread(consume)
for job in range(20):
    jobs.put(job)
found = dict(results.get() for job in range(20))
for number in range(3):
    jobs.put(None)
log([found[job] for job in range(20)], "\n")
