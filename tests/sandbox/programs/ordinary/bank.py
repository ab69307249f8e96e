# what: moves money between accounts and refuses what cannot be
# class: ordinary
# prints: moved 30 70 30
# prints: moved 50 20 80
# prints: bank.too_little wanted 40, there are 20 20
# prints: the balance cannot be set


class BankError(Exception):
    code = "bank"


class TooLittle(BankError):
    code = "bank.too_little"

    def __init__(self, wanted, there):
        super().__init__("wanted %d, there are %d" % (wanted, there))
        self.wanted, self.there = wanted, there


class Account:
    def __init__(self, owner, balance=0):
        self.owner, self._balance, self._lock = owner, balance, createlock()

    balance = property(lambda self: self._balance)

    def change(self, amount):
        self._lock.acquire(True)
        try:
            if self._balance + amount < 0:
                raise TooLittle(-amount, self._balance)
            self._balance += amount
        finally:
            self._lock.release()


def move(amount, source, target):
    source.change(-amount)
    target.change(amount)


ann, bob = Account("ann", 100), Account("bob")
for amount in (30, 50, 40):
    try:
        move(amount, ann, bob)
        log("moved", amount, ann.balance, bob.balance, "\n")
    except BankError as problem:
        log(problem.code, problem, problem.wanted - problem.there, "\n")
try:
    ann.balance = 5
except AttributeError:
    log("the balance cannot be set\n")
