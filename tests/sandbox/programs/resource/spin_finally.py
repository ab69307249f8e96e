# what: refuses to leave by a finally block that begins again
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3


def stay():
    while True:
        try:
            return 1
        finally:
            continue


stay()
