# what: elects a leader by votes and terms, with lost messages
# class: ordinary
# prints: votes 5 ['a', 'a', 'a', 'a', 'a']
# prints: votes 4 ['a', 'b', 'b', 'b', 'b']
# prints: votes 1 ['a', 'b', 'b', 'b', 'b']
# prints: votes 5 [('a', 3), ('b', 3), ('c', 3), ('d', 3), ('e', 3)]


class Server:
    def __init__(self, name, peers):
        self.name, self.peers = name, peers
        self.term, self.voted, self.leader = 0, None, None

    def ask_vote(self, candidate, term):
        if term > self.term:
            self.term, self.voted = term, None
        if term == self.term and self.voted in (None, candidate):
            self.voted = candidate
            return True
        return False

    def stand(self, network):
        self.term += 1
        self.voted = self.name
        votes = 1 + sum(
            network(self.name, peer, "ask_vote", self.name, self.term) or 0
            for peer in self.peers
        )
        if votes * 2 > len(self.peers) + 1:
            self.leader = self.name
            for peer in self.peers:
                network(self.name, peer, "follow", self.name, self.term)
        return votes

    def follow(self, leader, term):
        if term >= self.term:
            self.term, self.leader = term, leader
        return True


names = "abcde"
servers = {name: Server(name, [n for n in names if n != name]) for name in names}
cut = set()


def network(sender, receiver, call, *arguments):
    if (sender, receiver) in cut or (receiver, sender) in cut:
        return None
    return getattr(servers[receiver], call)(*arguments)


log("votes", servers["a"].stand(network), [servers[n].leader for n in names], "\n")
cut |= {("a", n) for n in "bcde"}
log("votes", servers["b"].stand(network), [servers[n].leader for n in names], "\n")
log("votes", servers["a"].stand(network), [servers[n].leader for n in names], "\n")
cut.clear()
log("votes", servers["c"].stand(network), [(n, servers[n].term) for n in names], "\n")
