# what: searches a context for the builtins that evaluating code may leave in it
# class: language
# source: own
# expect: ends
# control: none: needs virtual namespaces

context = SafeDict()
got = createvirtualnamespace("def f():\n    return 1\nclass C:\n    pass\nx = 1", "v").evaluate(
    context
)
for key in list(got) + list(got.keys()) + [pair[0] for pair in got.items()]:
    if "_" in key or "$" in key:
        log("ESCAPED:", key, "\n")
if len(got) != 3 or got is not context:
    log("ESCAPED:", len(got), "names\n")
for key in ["__builtins__", "__name__", "$format", "$class", "__build_class__"]:
    try:
        if got.get(key) is not None or got[key]:
            log("ESCAPED:", key, "\n")
    except Exception:
        pass
