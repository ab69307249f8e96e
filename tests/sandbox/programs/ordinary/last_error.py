# what: reads the text of its last error, with its own lines
# class: ordinary
# prints: None
# prints: True True True
# prints: True
# prints: True
# prints: True True
# prints: None True


def inner(value):
    return 10 / value


def outer(value):
    return inner(value - 1)


log(getlasterror(), "\n")
try:
    outer(1)
except ZeroDivisionError:
    text = getlasterror()
    log("inner" in text, "outer" in text, "ZeroDivisionError" in text, "\n")
    log("return 10 / value" in text, "\n")
log(getlasterror() == text, "\n")


def quietly():
    try:
        [][5]
    except IndexError:
        pass


said = []


def work():
    said.append(getlasterror())
    quietly()
    said.append(getlasterror())
    lock.release()


quietly()
log("list index out of range" in getlasterror(), "in quietly" in getlasterror(), "\n")
lock = createlock()
lock.acquire(True)
createthread(work)
lock.acquire(True)
log(said[0], "IndexError" in said[1], "\n")
