# what: puts a NUL into the text
# class: language
# source: own
# expect: refused
# control: none: no interpreter takes it
# text: "log('a')\n\0import os\nlog('ESCAPED' + ':nul')\n"
