# what: lets the compiler compute a number of a billion digits
# class: language
# source: parser bomb
# expect: refused | ends | error | stopped memory | alive
# seconds: 3
# control: none: it would take all memory
# text: "x = " + " ** ".join(["9"] * 6) + "\n"
