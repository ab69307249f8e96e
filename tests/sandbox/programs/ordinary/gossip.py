# what: simulates how a rumour spreads, with random numbers of its own
# class: ordinary
# prints: all informed within True and not at once True
# prints: messages grow with rounds True


class Random:
    def __init__(self, seed):
        self._state = seed

    def below(self, limit):
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % limit


def spread(nodes, fan_out, chance):
    informed, rounds, messages = {0}, 0, 0
    while len(informed) < nodes:
        fresh = set()
        for node in sorted(informed):
            for attempt in range(fan_out):
                fresh.add(chance.below(nodes))
                messages += 1
        informed |= fresh
        rounds += 1
    return rounds, messages


chance = Random(42)
results = [spread(200, 2, chance) for trial in range(10)]
rounds = [result[0] for result in results]
log("all informed within", max(rounds) <= 20, "and not at once", min(rounds) >= 5, "\n")
log("messages grow with rounds", all(m >= 199 for r, m in results), "\n")
