# what: hides exitall in a generator with a finally block and an __exit__ method
# class: language
# source: own
# expect: ends
# control: none: a bare run has no exitall of ours


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *parts):
        log("ESCAPED:__exit__ ran")
        return True


def steps():
    try:
        yield exitall()
    finally:
        log("ESCAPED:generator's finally ran")


with Manager():
    for step in steps():
        log("ESCAPED:went on")
