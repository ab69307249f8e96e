# what: nests lambdas 5,000 deep
# class: language
# source: parser bomb
# expect: refused | stopped memory | crash
# control: none: no interpreter takes it
# text: "x = " + "lambda: " * 5000 + "1\n"
