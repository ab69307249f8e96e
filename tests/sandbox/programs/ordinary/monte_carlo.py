# what: estimates pi and walks at random with numbers of its own
# class: ordinary
# prints: pi is near True
# prints: spread grows with steps True

state = 2463534242


def draw():
    global state
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    state ^= (state << 5) & 0xFFFFFFFF
    return state / 2**32


inside = sum(draw() ** 2 + draw() ** 2 <= 1 for sample in range(20000))
log("pi is near", abs(4 * inside / 20000 - 3.14159) < 0.05, "\n")
places = []
for walker in range(200):
    place = 0
    for step in range(100):
        place += 1 if draw() < 0.5 else -1
    places.append(place)
spread = sum(p * p for p in places) / len(places)
log("spread grows with steps", 60 < spread < 150, "\n")
