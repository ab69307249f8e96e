# what: opens a Unix socket that lies in its folder
# class: file
# source: own
# expect: ends | error
# folder: socket sock
# seconds: 5

for create in [False, True]:
    try:
        openfile("sock", create)
        log("ESCAPED:opened a socket\n")
    except RepyException:
        pass
