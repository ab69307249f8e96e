# what: reads through a symbolic link that leads out of its folder
# class: file
# source: Seattle's repy
# expect: ends | error
# folder: link secret {secret}

try:
    text = openfile("secret", False).readat(None, 0)
    log("ESCAPED:", text, "\n")
except RepyException:
    pass
