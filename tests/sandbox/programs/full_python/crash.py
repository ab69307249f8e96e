# what: crashes the interpreter
# class: full
# source: own
# expect: crash
# control: none: a crash is no escape

import ctypes

ctypes.string_at(1)
