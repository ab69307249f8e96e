# what: writes through a symbolic link that leads out of its folder
# class: file
# source: Seattle's repy
# expect: ends | error
# folder: link secret {secret}

for create in [True, False]:
    try:
        openfile("secret", create).writeat("overwritten", 0)
        log("ESCAPED:wrote\n")
    except RepyException:
        pass
