# what: makes a file at the far end of a symbolic link that leads nowhere
# class: file
# source: own
# expect: ends | error
# folder: link new {proof}/made

try:
    openfile("new", True).writeat("made", 0)
    log("ESCAPED:made a file elsewhere\n")
except RepyException:
    pass
