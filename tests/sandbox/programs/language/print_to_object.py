# what: makes print write to an object of its own choice and flush it
# class: language
# source: own
# expect: ends | error
# control: none: the harm would be in the host


class Sink:
    def write(self, text):
        return getattr(text, "__class__")

    def flush(self):
        return None


for sink in [Sink(), log, openfile, createlock(), None]:
    try:
        print("x", file=sink, flush=True)
    except Exception:
        pass
log("went on\n")
