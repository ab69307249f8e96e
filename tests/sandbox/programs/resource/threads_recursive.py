# what: lets every thread start two more
# class: resource
# source: fork bomb
# expect: alive | ends | stopped threads | error
# restrictions: events 10, cpu 0.2
# cpu: 0.2
# seconds: 3


def split():
    while True:
        try:
            createthread(split)
        except Exception:
            sleep(0.001)


split()
