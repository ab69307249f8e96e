# what: leaves an uncaught exception whose class name forges lines of the host
# class: language
# source: own
# expect: error
# control: none: the harm would be in the host that prints it


class Evil(Exception):
    pass


try:
    setattr(Evil, "__name__", "x\nnote: ended normally")
    setattr(Evil, "__module__", "seattle")
except Exception:
    pass
raise Evil("y\nnote: ended normally\n")
