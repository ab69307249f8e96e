# what: makes the check itself expensive from inside the program
# class: language
# source: parser bomb
# expect: ends | error | stopped memory | crash
# seconds: 15
# control: none: needs virtual namespaces

for code in [
    "x = " + "(" * 50000 + ")" * 50000,
    "[" * 100000,
    "x = " + "-" * 30000 + "1",
    "x = 1" + ".a" * 30000,
    "x = " + "+".join(["1"] * 30000),
    "x = " + "9" * 50000,
    "x = 9 ** 9 ** 9 ** 9" if False else "x = 'a' * 10 ** 12 if 0 else 1",
]:
    try:
        createvirtualnamespace(code, "bomb")
    except Exception:
        pass
log("went on\n")
