# what: leaves by exitall from inside a function, without running anything after it
# class: ordinary
# prints: leaving


def deep(level):
    if level == 0:
        log("leaving\n")
        exitall()
    deep(level - 1)


try:
    deep(5)
finally:
    log("never shown\n")
