# what: gives an object another class by the method that sets attributes, asked for by name
# class: language
# source: own
# expect: refused


class Plain:
    pass


class Taken:
    def hello(self):
        return "taken"


class Setting:
    def __setattr__(self, name, value):
        super().__setattr__("__cla" + "ss__", Taken)


plain, setting = Plain(), Setting()
for change in [
    lambda: object.__setattr__(plain, "__cla" + "ss__", Taken),
    lambda: Exception.__setattr__(plain, "__cla" + "ss__", Taken),
    lambda: plain.__setattr__("__cla" + "ss__", Taken),
    lambda: setting.other(),
    lambda: Plain.__setattr__(plain, "__cla" + "ss__", Taken),
]:
    try:
        change()
    except Exception:
        pass
try:
    setting.anything = 1
except Exception:
    pass
for thing in (plain, setting):
    try:
        log("ESCAPED:" + thing.hello())
    except AttributeError:
        pass
