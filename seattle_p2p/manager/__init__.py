"""The node manager: vessels on a donated machine and who may command them."""
