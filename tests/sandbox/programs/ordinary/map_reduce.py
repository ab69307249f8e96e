# what: counts words in several threads and puts the counts together
# class: ordinary
# restrictions: events 6
# prints: the 4
# prints: dog 3
# prints: fox 3
# prints: a 2
# prints: and 2

pages = [
    "the quick brown fox jumps over the lazy dog",
    "the dog barks and the fox runs",
    "a quick dog and a lazy fox",
]


def mapper(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


partial = [None] * len(pages)


def job(number):
    def act():
        partial[number] = mapper(pages[number])

    return act


for number in range(len(pages)):
    createthread(job(number))
while None in partial:
    sleep(0.01)
totals = {}
for counts in partial:
    for word, count in counts.items():
        totals[word] = totals.get(word, 0) + count
for word, count in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:5]:
    log(word, count, "\n")
