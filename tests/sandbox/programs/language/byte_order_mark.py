# what: begins with a byte order mark
# class: language
# source: own
# expect: refused
# line: 1
# control: none: the text matters only to the checker
# text: "\ufeffimport os\nlog('ESCAPED' + ':mark')\n"
