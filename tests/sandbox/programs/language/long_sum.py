# what: adds 100,000 numbers in one expression
# class: language
# source: parser bomb
# expect: refused | ends | stopped memory | crash
# control: none: no interpreter takes it
# text: "x = " + "+".join(["x"] * 100000) + "\n"
