# what: calls __init__ of API classes and of types that matter, unbound
# class: language
# source: own
# expect: ends | error | refused
# control: none: needs API classes

file = openfile("mine", True)
for call in [
    lambda: RepyArgumentError.__init__(file, "x"),
    lambda: Exception.__init__(file, "x"),
    lambda: str.__init__(file, "x"),
    lambda: type.__init__(file, "x"),
    lambda: log.__init__("x"),
    lambda: openfile.__init__("x"),
    lambda: createlock().__init__(),
    lambda: mycontext.__init__({"__builtins__": 1}),
]:
    try:
        call()
    except Exception:
        pass
if file.readat(None, 0) != "":
    log("ESCAPED:handle changed")
file.close()
