"""The experiment manager: find vessels by key and command them."""
