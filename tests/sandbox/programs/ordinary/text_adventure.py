# what: keeps rooms, things and doors in a graph and plays a given game
# class: ordinary
# prints: > take lamp : taken
# prints: > go west : no door
# prints: > go north : in the kitchen
# prints: > take lamp : no lamp
# prints: > take bread : taken
# prints: > go east : in the cellar
# prints: > bag : lamp, bread
# prints: > dance : what is dance?


class Room:
    def __init__(self, name, things=()):
        self.name, self.things, self.doors = name, list(things), {}

    def join(self, direction, other):
        back = {"north": "south", "east": "west", "south": "north", "west": "east"}
        self.doors[direction] = other
        other.doors[back[direction]] = self
        return other


class Game:
    def __init__(self, start):
        self._room, self._bag = start, []

    def play(self, line):
        word, _, rest = line.partition(" ")
        action = getattr(self, "do_" + word, None)
        return action(rest) if action else "what is " + word + "?"

    def do_go(self, direction):
        if direction not in self._room.doors:
            return "no door"
        self._room = self._room.doors[direction]
        return "in the " + self._room.name

    def do_take(self, thing):
        if thing not in self._room.things:
            return "no " + thing
        self._room.things.remove(thing)
        self._bag.append(thing)
        return "taken"

    def do_bag(self, _):
        return ", ".join(self._bag) or "empty"


hall = Room("hall", ["lamp"])
hall.join("north", Room("kitchen", ["bread"])).join("east", Room("cellar"))
game = Game(hall)
for line in (
    "take lamp",
    "go west",
    "go north",
    "take lamp",
    "take bread",
    "go east",
    "bag",
    "dance",
):
    log(">", line, ":", game.play(line), "\n")
