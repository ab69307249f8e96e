# what: removes what a symbolic link leads to
# class: file
# source: own
# expect: ends | error
# folder: link secret {secret}
# control: none: removing a link removes the link

try:
    removefile("secret")
except RepyException:
    pass
log("the runner looks whether the secret is still there\n")
