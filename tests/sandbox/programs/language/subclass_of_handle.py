# what: derives a class from an API object or its class
# class: language
# source: own
# expect: ends | error | refused
# control: none: needs API classes

made = []
for base in [createlock(), log, openfile, mycontext]:
    try:

        class Evil(base):
            def acquire(self, *arguments):
                return "taken"

        made.append(Evil)
    except Exception:
        pass
for kind in made:
    try:
        kind()
        log("ESCAPED:derived from an API object\n")
    except Exception:
        pass
