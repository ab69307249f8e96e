# what: declares UTF-7, in which another text hides
# class: language
# source: own
# expect: refused | ends
# control: none: needs a host that compiles bytes
# text: "# -*- coding: utf-7 -*-\n# +AAo-import os+AAo-log('ESCAPED' + ':utf-7')\nlog('harmless')\n"
