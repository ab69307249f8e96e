# what: floods its broker from four threads
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1, events 6
# cpu: 0.1
# seconds: 3


def flood():
    while True:
        try:
            getresources()
            removefile("missing")
        except Exception:
            pass


for number in range(4):
    createthread(flood)
flood()
