# what: names a metaclass
# class: language
# source: CTF folklore
# expect: refused
# line: 13


class Meta:
    def __getitem__(self, key):
        return key


class Thing(metaclass=Meta):
    pass


log("the check let it pass")
