# what: cannot be parsed
# class: language
# source: own
# expect: refused
# line: 2
# control: none: no interpreter takes it
# text: "x = 1\ndef (:\nlog('ESCAPED' + ':parsed')\n"
