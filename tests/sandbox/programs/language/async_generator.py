# what: takes ag_frame of an async generator
# class: language
# source: RestrictedPython 8.5 change log
# expect: refused
# line: 8


async def numbers():
    yield 1


frame = numbers().ag_frame
if frame:
    log("ESCAPED:ag_frame")
