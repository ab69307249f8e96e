# what: opens files and drops the handles without closing them
# class: resource
# source: own
# expect: ends | error
# restrictions: filesopened 5
# control: none: no harm in itself

kept = 0
for number in range(200):
    try:
        openfile("f" + str(number % 50), True)
    except (ResourceExhaustedError, FileInUseError):
        pass
log("went on\n")
