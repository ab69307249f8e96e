# what: keeps as many threads as it may, each with a deep stack
# class: resource
# source: own
# expect: ends | stopped memory | stopped threads | error | crash
# restrictions: events 30
# seconds: 15
# control: none: stacks are not touched


def deep(depth):
    if depth:
        return deep(depth - 1)
    sleep(1)
    return 0


def start():
    deep(800)


for number in range(28):
    try:
        createthread(start)
    except Exception:
        break
sleep(0.5)
