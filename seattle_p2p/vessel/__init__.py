"""Sandboxes: language, jail, keeper, broker."""
