# what: chains 5,000 elif branches, each nested in the one before
# class: language
# source: parser bomb
# expect: refused | ends | error | stopped memory | crash
# control: none: no interpreter takes it
# text: "x = 1\nif x == 0:\n    pass\n" + "".join("elif x == %d:\n    pass\n" % n for n in range(2, 5000))
