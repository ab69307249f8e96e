# what: opens one file twice
# class: file
# source: own
# expect: ends | error

file = openfile("mine", True)
for create in [True, False]:
    try:
        openfile("mine", create)
        log("ESCAPED:opened twice\n")
    except FileInUseError:
        pass
