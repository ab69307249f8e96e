# what: takes a host's object out of the AttributeError that an API call raises
# class: language
# source: CVE-2024-47532
# expect: ends
# control: none: needs an API call that stumbles over an attribute


class Odd:
    pass


caught = []
for call in [log, sleep, openfile, removefile, createthread, sendmessage, listenformessage]:
    for arguments in [(), (Odd(),), (Odd(), Odd()), (Odd(), Odd(), Odd(), Odd(), Odd())]:
        try:
            call(*arguments)
        except AttributeError as problem:
            caught.append(problem)
        except Exception:
            pass
for problem in caught:
    thing = getattr(problem, "obj", None)
    if thing is not None and not isinstance(thing, Odd):
        log("ESCAPED:AttributeError.obj\n")
