# what: nests namespaces in namespaces until something gives way
# class: language
# source: own
# expect: ends | error | stopped memory | crash
# control: none: needs virtual namespaces

code = """
depth += 1
make(code, "level %d" % depth).evaluate({"make": make, "code": code, "depth": depth, "log": log})
"""
try:
    createvirtualnamespace(code, "top").evaluate(
        {"make": createvirtualnamespace, "code": code, "depth": 0, "log": log}
    )
except Exception:
    pass
log("went on\n")
