# what: defines a coroutine, whose frame is then in reach
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 8


async def wait():
    return 1


frame = wait().cr_frame
if frame:
    log("ESCAPED:cr_frame")
