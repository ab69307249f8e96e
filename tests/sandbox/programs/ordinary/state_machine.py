# what: runs the states of a TCP connection from a table
# class: ordinary
# prints: closed -active open-> syn sent
# prints: syn sent -syn ack-> established
# prints: established -close-> fin wait 1
# prints: fin wait 1 -ack-> fin wait 2
# prints: fin wait 2 -fin-> time wait
# prints: time wait -timeout-> closed
# prints: no 'fin' in state 'closed'

TABLE = {
    ("closed", "passive open"): "listen",
    ("closed", "active open"): "syn sent",
    ("listen", "syn"): "syn received",
    ("syn sent", "syn ack"): "established",
    ("syn received", "ack"): "established",
    ("established", "close"): "fin wait 1",
    ("established", "fin"): "close wait",
    ("fin wait 1", "ack"): "fin wait 2",
    ("fin wait 2", "fin"): "time wait",
    ("close wait", "close"): "last ack",
    ("last ack", "ack"): "closed",
    ("time wait", "timeout"): "closed",
}


class Machine:
    def __init__(self, watcher=None):
        self.state = "closed"
        self._watcher = watcher or (lambda *change: None)

    def on(self, event):
        try:
            following = TABLE[self.state, event]
        except KeyError:
            raise ValueError("no %r in state %r" % (event, self.state)) from None
        self._watcher(self.state, event, following)
        self.state = following


trace = []
client = Machine(lambda *change: trace.append("%s -%s-> %s" % change))
for event in ("active open", "syn ack", "close", "ack", "fin", "timeout"):
    client.on(event)
for line in trace:
    log(line, "\n")
try:
    client.on("fin")
except ValueError as problem:
    log(problem, "\n")
