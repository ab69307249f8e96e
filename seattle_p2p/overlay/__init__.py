"""The sans-I/O core of the Kademlia overlay."""
