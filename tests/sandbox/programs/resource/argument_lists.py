# what: calls everything with too many and too large arguments
# class: resource
# source: own
# expect: ends | error | stopped memory
# restrictions: events 3
# seconds: 10
# control: none: no harm in itself

large = "x" * 3_000_000
calls = [
    sleep,
    openfile,
    removefile,
    createthread,
    createlock,
    getresources,
    listfiles,
    sendmessage,
    listenformessage,
]
for call in calls:
    for arguments in [
        (large,),
        (large, large),
        (1,) * 10000,
        ([],),
        ({},),
        (None,) * 5,
        (2**100,) * 2,
    ]:
        try:
            call(*arguments)
        except Exception:
            pass
log("went on\n")
