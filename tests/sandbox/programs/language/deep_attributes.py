# what: follows 50,000 attributes in one expression
# class: language
# source: parser bomb
# expect: refused | error | stopped memory | crash
# control: none: no interpreter takes it
# text: "x = 1\ny = x" + ".a" * 50000 + "\n"
