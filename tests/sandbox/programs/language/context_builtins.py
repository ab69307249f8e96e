# what: searches its own globals and mycontext for builtins and guards
# class: language
# source: own
# expect: ends | error
# control: none: needs the names of a vessel

for scope in [mycontext, _context]:
    for name in list(scope):
        text = str(name)
        if (
            "builtin" in text
            or "$" in text
            or "guard" in text
            or text[:1] == "_"
            and text != "_context"
        ):
            log("ESCAPED:", text, "\n")
