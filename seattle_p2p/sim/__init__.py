"""The overlay in virtual time."""
