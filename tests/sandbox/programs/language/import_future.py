# what: imports from __future__
# class: language
# source: own
# expect: refused
# line: 7

from __future__ import annotations

log("the check let it pass")
