# what: negates a number 50,000 times
# class: language
# source: parser bomb
# expect: refused | stopped memory | crash
# control: none: no interpreter takes it
# text: "x = " + "-" * 50000 + "1\n"
