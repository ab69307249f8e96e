# what: goes on in its threads after the main code has ended
# class: ordinary
# restrictions: events 4
# prints: main is over
# prints: first
# prints: second


def later(text, wait):
    def act():
        sleep(wait)
        log(text, "\n")

    return act


createthread(later("second", 0.3))
createthread(later("first", 0.1))
log("main is over\n")
