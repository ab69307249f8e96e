# what: plays the game of life
# class: ordinary
# prints: True
# prints: .#.
# prints: ..#
# prints: ###

LIVE = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}


def step(live):
    counts = {}
    for x, y in live:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    place = x + dx, y + dy
                    counts[place] = counts.get(place, 0) + 1
    return {place for place, n in counts.items() if n == 3 or (n == 2 and place in live)}


live = LIVE
for turn in range(20):
    live = step(live)
log(sorted(live) == sorted((x + 5, y + 5) for x, y in LIVE), "\n")
for y in range(5, 8):
    log("".join("#" if (x, y) in live else "." for x in range(5, 8)), "\n")
