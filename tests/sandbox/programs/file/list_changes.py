# what: changes the list of names that it was given
# class: file
# source: own
# expect: ends | error
# control: none: the harm would be in the host

file = openfile("mine", True)
file.close()
names = listfiles()
names.append("../secret.txt")
names.clear()
if "mine" not in listfiles():
    log("ESCAPED:the list is shared\n")
