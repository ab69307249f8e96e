# what: lets the compiler shift and repeat constants
# class: language
# source: parser bomb
# expect: refused | ends | error | stopped memory
# control: none: it would take all memory
# text: "x = 1 << 10 ** 9\ny = 'a' * 10 ** 10\nz = (0,) * 10 ** 10\n"
