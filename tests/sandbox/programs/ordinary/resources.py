# what: reads what it was granted and what it used
# class: ordinary
# restrictions: cpu 0.5, memory 25000000, events 3
# prints: 0.5 25000000 1000000 3
# prints: [63180, 63181] 0 True
# prints: 0.5 True
# prints: 1000

limits, usage, stops = getresources()
log(limits["cpu"], limits["memory"], limits["diskused"], limits["events"], "\n")
log(sorted(limits["messport"]), usage["diskused"], usage["events"] <= 1, "\n")
limits["cpu"] = 99
log(getresources()[0]["cpu"], type(stops) is list, "\n")
file = openfile("some", True)
file.writeat("x" * 1000, 0)
log(getresources()[1]["diskused"], "\n")
file.close()
