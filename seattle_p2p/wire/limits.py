"""Every size and count limit of the protocols, in one place, with its reason.

Sizes are bytes of the encoded form, unless the name says otherwise.
"""

MAX_DATAGRAM_BYTES = 1232
"""Overlay datagram: fits the smallest IPv6 link (1280; RFC 8200, 5) in one piece."""

MAX_NETWORK_NAME = 64
"""Characters of a network's name."""

MAX_ENDPOINTS = 8
"""Addresses one node may name: two families, a few interfaces, room for relays."""

MAX_USERS = 16
"""User keys of one vessel: a group of people, not a crowd; hand out a split beyond that."""

MAX_FILE_NAME = 120
"""Characters of a file's name in a vessel, as Repy has it."""
