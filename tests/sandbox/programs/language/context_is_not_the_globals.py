# what: reaches the true dictionary of its globals through _context
# class: language
# source: own
# expect: ends
# control: none: needs a vessel

for name in ["__builtins__", "__name__", "$format", "$init", "$class", "__build_class__"]:
    try:
        if name in _context or _context[name] or _context.get(name):
            log("ESCAPED:", name, "\n")
    except Exception:
        pass
    try:
        _context[name] = len
        log("ESCAPED: set", name, "\n")
    except Exception:
        pass
    try:
        del _context[name]
        log("ESCAPED: removed", name, "\n")
    except Exception:
        pass
if type(_context.keys()) is not list or type(_context.items()) is not list:
    log("live views\n")
