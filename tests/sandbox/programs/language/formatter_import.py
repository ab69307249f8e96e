# what: uses string.Formatter, which knows no rule
# class: language
# source: CVE-2026-76825
# expect: refused
# line: 7

import string

got = string.Formatter().vformat("{0.__class__.__mro__}", (0,), {})
if "object" in got:
    log("ESCAPED:formatter")
