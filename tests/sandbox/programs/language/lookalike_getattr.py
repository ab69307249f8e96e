# what: hands getattr a name that becomes __class__ when normalised
# class: language
# control: none: the true getattr does not normalise
# source: CTF folklore
# expect: ends

try:
    found = getattr((), "＿＿class＿＿")
except Exception:
    found = None
try:
    found = found or getattr((), "__ｃlass__")
except Exception:
    pass
if found is not None:
    log("ESCAPED:look-alike by getattr")
