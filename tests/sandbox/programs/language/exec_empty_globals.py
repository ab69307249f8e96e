# what: executes a text in a fresh dictionary, to which exec adds the true builtins
# class: language
# source: own
# expect: refused | error

scope = {}
exec("x = 1", scope)
if "__builtins__" in scope:
    log("ESCAPED:builtins added by exec")
