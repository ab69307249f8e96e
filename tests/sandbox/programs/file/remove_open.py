# what: removes a file that is open
# class: file
# source: own
# expect: ends | error

file = openfile("mine", True)
try:
    removefile("mine")
    log("ESCAPED:removed an open file\n")
except FileInUseError:
    pass
