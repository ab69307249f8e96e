# what: opens a symbolic link to itself
# class: file
# source: own
# expect: ends | error
# folder: link round round

for create in [True, False]:
    try:
        openfile("round", create)
        log("ESCAPED:opened\n")
    except RepyException:
        pass
