# what: sends empty messages without pause, which cost 64 bytes each
# class: network
# source: own
# expect: alive
# restrictions: loopsend 20000, netsend 20000, cpu 0.3
# udprate: 20000
# seconds: 3

while True:
    sendmessage("127.0.0.1", 63181, "", "127.0.0.1", 63180)
