# what: holds more connections than it may
# class: network
# source: own
# expect: ends | error
# restrictions: connport 63190, connport 63191, insockets 1, outsockets 3
# control: none: the bare calls have no TCP

server = listenforconnection("127.0.0.1", 63190)
held = []
for attempt in range(20):
    try:
        held.append(openconnection("127.0.0.1", 63190, "127.0.0.1", 63191, 1))
    except Exception:
        pass
    try:
        held.append(server.getconnection()[2])
    except Exception:
        pass
try:
    held.append(listenforconnection("127.0.0.1", 63191))
    log("ESCAPED:listens twice\n")
except ResourceExhaustedError:
    pass
if len(held) > 3:
    log("ESCAPED:", len(held), "connections\n")
