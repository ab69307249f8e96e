# what: uses lone surrogates in names, texts and the log
# class: language
# source: own
# expect: ends | refused | error
# control: none: no interpreter prints it

texts = ["\ud800", "\udfff", "a\udc80b"]
for text in texts:
    for call in [lambda: log(text), lambda: openfile(text, True), lambda: getattr(log, text)]:
        try:
            call()
        except Exception:
            pass
raise ValueError("\ud800")
