# what: sleeps and measures how long
# class: ordinary
# prints: slept long enough True and not for ever True
# prints: time never goes back True
# prints: ticked True

begun = getruntime()
sleep(0.25)
first = getruntime()
log("slept long enough", first - begun >= 0.25, "and not for ever", first - begun < 3, "\n")
ticks = []
while getruntime() - first < 0.2:
    ticks.append(getruntime())
    sleep(0.02)
log("time never goes back", ticks == sorted(ticks), "\n")
log("ticked", 1 <= len(ticks) <= 11, "\n")
sleep(0)
