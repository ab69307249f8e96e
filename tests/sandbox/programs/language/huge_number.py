# what: writes a number of 100,000 digits
# class: language
# source: parser bomb
# expect: refused
# control: none: no interpreter takes it
# text: "x = " + "9" * 100000 + "\n"
