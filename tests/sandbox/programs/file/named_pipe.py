# what: opens a named pipe, which waits for ever for the other side
# class: file
# source: own
# expect: ends | error
# folder: fifo pipe
# seconds: 5

for create in [False, True]:
    try:
        openfile("pipe", create)
        log("ESCAPED:opened a pipe\n")
    except RepyException:
        pass
