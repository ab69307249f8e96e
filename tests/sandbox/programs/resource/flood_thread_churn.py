# what: starts threads that end at once, without pause
# class: resource
# source: own
# expect: alive | error
# restrictions: cpu 0.1, events 10
# cpu: 0.1
# seconds: 3


def nothing():
    return None


while True:
    try:
        createthread(nothing)
    except Exception:
        pass
