# what: looks for a partial, a property or a bound method behind API functions
# class: language
# source: own
# expect: ends
# control: none: needs API functions

calls = [
    log,
    sleep,
    getruntime,
    openfile,
    listfiles,
    removefile,
    createthread,
    createlock,
    randombytes,
    exitall,
]
for call in calls:
    for name in [
        "func",
        "args",
        "keywords",
        "fget",
        "im_func",
        "im_self",
        "func_globals",
        "cache_info",
        "cell_contents",
    ]:
        try:
            found = getattr(call, name)
        except Exception:
            found = None
        if found is not None:
            log("ESCAPED:", name, "\n")
