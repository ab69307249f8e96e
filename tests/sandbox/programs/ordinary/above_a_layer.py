# what: works with files above a security layer that keeps their first bytes
# class: ordinary
# layer: keep_first_bytes
# prints: refused: the first bytes of a file are kept
# prints: head and body
# prints: and
# prints: kept: ['notes']

file = openfile("notes", True)
file.writeat("head", 0)
file.writeat(" and body", 4)
try:
    file.writeat("HEAD", 0)
except ResourceForbiddenError as problem:
    log("refused:", problem, "\n")
log(file.readat(None, 0), "\n")
log(file.readat(4, 4).strip(), "\n")
file.close()
try:
    removefile("notes")
except ResourceForbiddenError:
    log("kept:", listfiles(), "\n")
