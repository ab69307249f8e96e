# what: the published exploit: a generator that walks f_back from its own frame
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def walk():
    yield generator.gi_frame.f_back.f_back


generator = walk()
frame = [step for step in generator][0]
log("ESCAPED:f_back")
