# what: starts a thread although none was granted
# class: resource
# source: own
# expect: ends | stopped threads | error
# restrictions: events 0

started = []


def mark():
    started.append(1)
    sleep(0.2)


for attempt in range(10):
    try:
        createthread(mark)
    except Exception:
        pass
sleep(0.3)
if len(started) > 1:
    log("ESCAPED:", len(started), "threads\n")
