# what: hides an async loop in a comprehension
# class: language
# source: own
# expect: refused
# line: 8


async def wait(things):
    return [thing async for thing in things]


log("the check let it pass")
