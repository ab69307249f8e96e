# what: hands createthread things that are not functions but can be called
# class: language
# source: own
# expect: ends | error
# restrictions: events 5
# control: none: needs API calls


class Callable:
    def __call__(self):
        return getattr(self, "__class__")


for thing in [Callable(), str, "x", None, log, 3, Callable]:
    try:
        createthread(thing)
    except Exception:
        pass
sleep(0.05)
log("went on\n")
