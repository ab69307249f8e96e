# what: reads the text of its last error, with its own lines
# class: ordinary
# prints: None
# prints: True True True
# prints: True


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
