# what: sends although no rate was granted
# class: network
# source: own
# expect: error | ends | stopped | alive
# restrictions: loopsend 0, netsend 0
# udprate: 0
# seconds: 3

for attempt in range(100):
    try:
        sendmessage("127.0.0.1", 63181, "x" * 1000, "127.0.0.1", 63180)
    except Exception:
        pass
