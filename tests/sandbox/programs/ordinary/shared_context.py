# what: shares state between functions and threads by mycontext
# class: ordinary
# restrictions: events 3
# prints: 2 ['main', 'thread']

mycontext["hits"] = 0
mycontext["names"] = []


def visit(name):
    mycontext["hits"] += 1
    mycontext["names"].append(name)


def worker():
    visit("thread")
    mycontext["done"] = True


visit("main")
createthread(worker)
while "done" not in mycontext:
    sleep(0.01)
log(mycontext["hits"], sorted(mycontext["names"]), "\n")
