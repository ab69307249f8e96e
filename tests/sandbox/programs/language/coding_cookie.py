# what: declares an encoding in which an escaped line end leaves the comment
# class: language
# source: own
# expect: refused | ends
# control: none: needs a host that compiles bytes
# text: "# -*- coding: unicode_escape -*-\n# \\u000aimport os\\u000alog('ESCAPED' + ':cookie')\nlog('harmless')\n"
