# what: hides an import behind a carriage return that an editor shows as a comment
# class: language
# source: own
# expect: refused
# control: none: read by hand, not by the interpreter's file loader
# text: "# harmless \rimport os\rlog('ESCAPED' + ':os')\n"
