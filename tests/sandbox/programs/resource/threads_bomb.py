# what: starts threads until something gives way
# class: resource
# source: own
# expect: ends | stopped threads | error | stopped memory
# restrictions: events 10
# seconds: 10


def wait():
    sleep(1)


started = 0
for attempt in range(500):
    try:
        createthread(wait)
        started += 1
    except Exception:
        pass
if started > 10:
    log("ESCAPED:", started, "threads\n")
