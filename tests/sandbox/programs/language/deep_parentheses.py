# what: nests parentheses 100,000 deep
# class: language
# source: parser bomb
# expect: refused | stopped memory | crash
# control: none: no interpreter takes it
# text: "x = " + "(" * 100000 + "1" + ")" * 100000 + "\n"
