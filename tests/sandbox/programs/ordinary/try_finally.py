# what: runs except, else and finally in the right order
# class: ordinary
# prints: none ['try', 'else', 'finally']
# prints: value ['try', 'except v', 'finally']
# prints: return ['try', 'finally']
# prints: lost in attic attic ('lost in attic',)
# prints: step 0
# prints: after 0
# prints: after 1
# prints: after 2


def attempt(kind):
    steps = []
    try:
        steps.append("try")
        if kind == "value":
            raise ValueError("v")
        if kind == "return":
            return steps
    except ValueError as problem:
        steps.append("except " + str(problem))
    else:
        steps.append("else")
    finally:
        steps.append("finally")
    return steps


for kind in ("none", "value", "return"):
    log(kind, attempt(kind), "\n")


class Lost(Exception):
    def __init__(self, where):
        super().__init__("lost in " + where)
        self.where = where


def find(where):
    try:
        {}[where]
    except KeyError as problem:
        raise Lost(where) from problem


try:
    find("attic")
except Lost as problem:
    log(problem, problem.where, problem.args, "\n")
for step in range(3):
    try:
        if step == 1:
            continue
        if step == 2:
            break
        log("step", step, "\n")
    finally:
        log("after", step, "\n")
