# what: reads the object of an AttributeError through super(), a class attribute and a borrowed descriptor
# class: language
# source: CVE-2024-47532, varied
# expect: ends | error | refused
# control: none: a plain host gives no object of its own away here


class Mine(AttributeError):
    def leak(self):
        return super().obj

    stolen = AttributeError.obj


found = []
for attempt in (
    lambda: log.nothing,
    lambda: openfile.nothing,
    lambda: createlock().nothing,
    lambda: mycontext.nothing,
    lambda: getattr(log, "nothing"),
):
    try:
        attempt()
    except AttributeError as error:
        for way in (
            lambda: error.obj,
            lambda: getattr(error, "obj"),
            lambda: Mine.leak(error),
            lambda: super(Mine, error).obj,
            lambda: Mine.stolen,
        ):
            try:
                found.append(way())
            except Exception:
                pass
for thing in found:
    if thing is log or thing is openfile:
        log("ESCAPED:", thing)
