# what: hides an import behind form feeds and vertical tabs
# class: language
# source: own
# expect: refused
# control: none: the text matters only to the checker
# text: "\x0c\x0cimport os\nlog('ESCAPED' + ':form feed')\n"
