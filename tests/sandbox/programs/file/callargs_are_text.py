# what: checks that arguments arrive as plain text, whatever they say
# class: file
# source: own
# expect: ends | error
# arguments: --language=off %s %n ; $(id) ../../etc/passwd {secret}
# control: none: the harm would be in the host's command line

for argument in callargs:
    if type(argument) is not str:
        log("ESCAPED:", argument, "\n")
if len(callargs) != 7:
    log("arguments were split otherwise:", len(callargs), "\n")
