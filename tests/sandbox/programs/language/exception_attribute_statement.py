# what: changes an exception class by plain assignment
# class: language
# source: own
# expect: error | refused | ends
# control: none: needs API classes

try:
    RepyArgumentError.text = "changed"
    done = True
except Exception:
    done = False
if done:
    log("ESCAPED:patched")
