# what: starts threads that start threads, each of which sleeps at once
# class: resource
# source: own
# expect: ends | error | stopped threads | alive
# restrictions: events 8, cpu 0.1
# seconds: 6

started = []


def spread(depth):
    def run():
        started.append(depth)
        if depth < 6:
            for each in range(2):
                try:
                    createthread(spread(depth + 1))
                except Exception:
                    pass
        sleep(3)

    return run


createthread(spread(0))
sleep(2)
if len(started) > 8:
    log("ESCAPED:", len(started), "threads\n")
