# what: uses a handle after closing it
# class: file
# source: own
# expect: ends | error

file = openfile("mine", True)
file.close()
other = openfile("other", True)
other.writeat("of another", 0)
for call in [lambda: file.readat(None, 0), lambda: file.writeat("x", 0), lambda: file.close()]:
    try:
        call()
        log("ESCAPED:a closed handle works\n")
    except FileClosedError:
        pass
