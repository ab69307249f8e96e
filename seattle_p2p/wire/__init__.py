"""Shapes of messages and their limits; bytes in and out."""
